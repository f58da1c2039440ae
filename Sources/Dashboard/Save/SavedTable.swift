import Foundation
import Measurement
import Simulation

/// The data behind a picture: named columns, a value for each in every row.
struct SavedTable {
    var columns: [String]
    var rows: [[TableCell]]

    /// Comma-separated values with a line of names (RFC 4180, without the quotes that no value needs).
    var csv: String {
        ([columns.joined(separator: ",")] + rows.map { $0.map(\.csv).joined(separator: ",") }).joined(separator: "\n")
            + "\n"
    }

    /// An object of everything that repeats the run, and the table.
    func json(view: ViewKind, snapshot: Snapshot) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let settings = String(decoding: try encoder.encode(snapshot.settings), as: UTF8.self)
        let names = columns.map { TableCell.text($0).json }.joined(separator: ",")
        let body = rows.map { "    [" + $0.map(\.json).joined(separator: ",") + "]" }.joined(separator: ",\n")
        return """
            {
              "program": "halfspace",
              "view": "\(view.title)",
              "seed": \(snapshot.settings.seed),
              "n": \(snapshot.n),
              "d": \(snapshot.d),
              "step": \(snapshot.step),
              "settings": \(settings),
              "columns": [\(names)],
              "rows": [
            \(body)
              ]
            }

            """
    }
}

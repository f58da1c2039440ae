import Foundation
import Measurement

/// Prints lines of named values as a table, as JSON (one object a line) or as CSV, each as soon as it is measured.
final class BenchPrinter {
    private let format: BenchFormat
    private let hidden: Set<String>
    private var widths: [Int] = []

    /// - Parameter hidden: names that a table leaves out.
    init(_ format: BenchFormat, hidden: Set<String> = []) {
        self.format = format
        self.hidden = hidden
    }

    func print(_ row: KeyValuePairs<String, TableCell>) {
        BenchProgress.clear()
        switch format {
        case .json: Swift.print(TableCell.json(row.map { ($0.key, $0.value) }))
        case .csv:
            if widths.isEmpty {
                Swift.print(row.map(\.key).joined(separator: ","))
                widths = [0]
            }
            Swift.print(row.map(\.value.csv).joined(separator: ","))
        case .table:
            let shown = row.filter { !hidden.contains($0.key) }
            if widths.isEmpty {
                widths = shown.map { max($0.key.count, $0.value.shown.count, 7) }
                Swift.print(line(shown.map(\.key)))
            }
            Swift.print(line(shown.map(\.value.shown)))
        }
        // A line is shown as soon as it is measured, in a pipe as well.
        fflush(nil)
    }

    private func line(_ cells: [String]) -> String {
        zip(cells, widths).map { cell, width in String(repeating: " ", count: max(0, width - cell.count)) + cell }
            .joined(separator: "  ")
    }
}

/// Progress on standard error when a person watches.
enum BenchProgress {
    private static let watched = isatty(STDERR_FILENO) == 1

    static func show(_ text: String) {
        guard watched else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[K\(text)".utf8))
    }

    static func clear() { show("") }
}

import Foundation

/// One cell of a benchmark's line.
enum BenchValue {
    case int(Int)
    case number(Double, digits: Int)
    case text(String)

    var plain: String {
        switch self {
        case .int(let value): String(value)
        case .number(let value, let digits): value.isFinite ? String(format: "%.\(digits)f", value) : "-"
        case .text(let value): value
        }
    }

    var json: String {
        switch self {
        case .int: plain
        case .number(let value, _): value.isFinite ? String(format: "%.6g", value) : "null"
        case .text(let value):
            "\""
                + value.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
        }
    }
}

/// Prints lines of named values as a table, as JSON (one object a line) or as CSV, each as soon as it is measured.
final class BenchPrinter {
    private let format: BenchFormat
    private let hidden: Set<String>
    private var widths: [Int] = []

    /// `hidden` names are left out of a table.
    init(_ format: BenchFormat, hidden: Set<String> = []) {
        self.format = format
        self.hidden = hidden
    }

    func print(_ row: KeyValuePairs<String, BenchValue>) {
        BenchProgress.clear()
        switch format {
        case .json:
            Swift.print("{" + row.map { "\"\($0.key)\": \($0.value.json)" }.joined(separator: ", ") + "}")
        case .csv:
            if widths.isEmpty {
                Swift.print(row.map(\.key).joined(separator: ","))
                widths = [0]
            }
            Swift.print(
                row.map { $0.value.plain.contains(",") ? $0.value.json : $0.value.plain }.joined(separator: ","))
        case .table:
            let shown = row.filter { !hidden.contains($0.key) }
            if widths.isEmpty {
                widths = shown.map { max($0.key.count, $0.value.plain.count, 7) }
                Swift.print(line(shown.map(\.key)))
            }
            Swift.print(line(shown.map(\.value.plain)))
        }
        // A line is shown as soon as it is measured, in a pipe as well.
        fflush(nil)
    }

    private func line(_ cells: [String]) -> String {
        zip(cells, widths).map { cell, width in String(repeating: " ", count: max(0, width - cell.count)) + cell }
            .joined(separator: "  ")
    }
}

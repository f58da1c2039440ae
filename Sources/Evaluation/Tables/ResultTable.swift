import Foundation

/// A table of measurements that checks a claim: what `halfspace evaluate` prints and tests read.
public struct ResultTable: Sendable {
    /// "T1".
    public var name: String
    /// The claim that it checks, one line.
    public var claim: String
    /// What it shows here, one line made from the rows.
    public var finding = ""
    /// Workload, seed, sizes: enough to make the same rows again.
    public var parameters: [(name: String, value: String)]
    public var columns: [String]
    public private(set) var rows: [[Cell]] = []

    public init(name: String, claim: String, parameters: [(name: String, value: String)], columns: [String]) {
        self.name = name
        self.claim = claim
        self.parameters = parameters
        self.columns = columns
    }

    /// Adds a row, a cell for each column.
    public mutating func add(_ cells: [Cell]) {
        precondition(cells.count == columns.count, "\(name) has \(columns.count) columns")
        rows.append(cells)
    }

    /// The numbers of a column, rows without one left out.
    public func numbers(_ column: String) -> [Double] {
        guard let at = columns.firstIndex(of: column) else { return [] }
        return rows.compactMap { $0[at].number }
    }

    /// One entry.
    public enum Cell: Sendable, Equatable {
        case text(String)
        case int(Int)
        case number(Double)
        /// Not measured, or without meaning here.
        case none

        public var number: Double? {
            switch self {
            case .int(let value): Double(value)
            case .number(let value): value.isFinite ? value : nil
            case .text, .none: nil
            }
        }
    }
}

extension ResultTable.Cell: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .int(value) }

    /// A number, or none.
    init(_ value: Double?) { self = value.map { $0.isNaN ? .none : .number($0) } ?? .none }

    /// As it stands in a table: few digits, powers of ten where they say more.
    public var shown: String {
        switch self {
        case .text(let value): value
        case .int(let value): String(value)
        case .number(let value): Self.short(value)
        case .none: "-"
        }
    }

    /// Three or four digits that matter.
    static func short(_ value: Double) -> String {
        let size = abs(value)
        if value == 0 { return "0" }
        if !value.isFinite { return value > 0 ? "inf" : "-inf" }
        if size >= 1e6 || size < 1e-3 { return String(format: "%.1e", value) }
        return String(format: size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value)
    }
}

extension ResultTable {
    /// Aligned columns under a line with the name, the claim and what it shows.
    public var text: String {
        var lines = ["\(name)  \(claim) Here: \(finding)"]
        lines.append("    " + parameters.map { "\($0.name) \($0.value)" }.joined(separator: ", "))
        let cells = [columns] + rows.map { $0.map(\.shown) }
        let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        for row in cells {
            lines.append(
                zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    /// A header and a line for each row; table and parameters stand in every line.
    public var csv: String {
        let header = ["table", "claim", "finding"] + parameters.map(\.name) + columns
        let fixed = [name, claim, finding] + parameters.map(\.value)
        return ([header] + rows.map { fixed + $0.map(\.plain) })
            .map { $0.map(Self.quoted).joined(separator: ",") }.joined(separator: "\n")
    }

    /// One object on one line.
    public var json: String {
        let parameters = parameters.map { "\(Self.string($0.name)):\(Self.string($0.value))" }.joined(separator: ",")
        let rows = rows.map { row in
            "{" + zip(columns, row).map { "\(Self.string($0)):\($1.json)" }.joined(separator: ",") + "}"
        }.joined(separator: ",")
        return "{\"table\":\(Self.string(name)),\"claim\":\(Self.string(claim)),\"finding\":\(Self.string(finding)),"
            + "\"parameters\":{\(parameters)},\"rows\":[\(rows)]}"
    }

    private static func quoted(_ field: String) -> String {
        field.contains(where: { ",\"\n".contains($0) })
            ? "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : field
    }

    fileprivate static func string(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case _ where scalar.value < 0x20: escaped += String(format: "\\u%04x", scalar.value)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }
}

extension ResultTable.Cell {
    /// Every digit; empty where there is none.
    fileprivate var plain: String {
        switch self {
        case .text(let value): value
        case .int(let value): String(value)
        case .number(let value): "\(value)"
        case .none: ""
        }
    }

    fileprivate var json: String {
        switch self {
        case .text(let value): ResultTable.string(value)
        case .number(let value) where !value.isFinite: "null"
        case .none: "null"
        default: plain
        }
    }
}

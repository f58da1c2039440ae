import Measurement

/// A table of measurements that checks a claim: what `halfspace evaluate` prints and tests read.
public struct ResultTable: Sendable {
    /// "T1".
    public var name: String
    /// The claim that it checks, one line.
    public var claim: String
    /// What it shows here, one line made from the rows.
    public var finding = ""
    /// Whether the claim holds; nil where there is none to judge.
    public var verdict: Verdict?
    /// Workload, seed, sizes: enough to make the same rows again.
    public var parameters: [(name: String, value: String)]
    public var columns: [String]
    public private(set) var rows: [[TableCell]] = []

    public init(name: String, claim: String, parameters: [(name: String, value: String)], columns: [String]) {
        self.name = name
        self.claim = claim
        self.parameters = parameters
        self.columns = columns
    }

    /// Adds a row, a cell for each column.
    public mutating func add(_ cells: [TableCell]) {
        precondition(cells.count == columns.count, "\(name) has \(columns.count) columns")
        rows.append(cells)
    }

    /// The numbers of a column, rows without one left out.
    public func numbers(_ column: String) -> [Double] {
        guard let at = columns.firstIndex(of: column) else { return [] }
        return rows.compactMap { $0[at].number }
    }
}

extension ResultTable {
    /// Aligned columns under a line with the name, the claim and what it shows, and one with the verdict.
    public var text: String {
        var lines = ["\(name)  \(claim) Here: \(finding)"]
        if let verdict { lines.append("    Verdict: \(verdict.text).") }
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
        let header = ["table", "claim", "finding", "verdict"] + parameters.map(\.name) + columns
        let fixed = ([name, claim, finding, verdict?.text ?? ""] + parameters.map(\.value)).map(TableCell.csv)
        return ([header.map(TableCell.csv)] + rows.map { fixed + $0.map(\.csv) })
            .map { $0.joined(separator: ",") }.joined(separator: "\n")
    }

    /// One object on one line.
    public var json: String {
        let parameters = TableCell.json(parameters.map { ($0.name, .text($0.value)) })
        let rows = rows.map { TableCell.json(zip(columns, $0)) }.joined(separator: ",")
        return "{\"table\":\(TableCell.json(name)),\"claim\":\(TableCell.json(claim)),"
            + "\"finding\":\(TableCell.json(finding)),\"verdict\":\(verdict.map { TableCell.json($0.text) } ?? "null"),"
            + "\"parameters\":\(parameters),\"rows\":[\(rows)]}"
    }
}

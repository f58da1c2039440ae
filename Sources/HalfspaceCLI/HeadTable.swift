import Evaluation
import Measurement

/// Heads in lines: a table to read, CSV, or a JSON object a line.
struct HeadTable {
    let heads: [HeadFigures]
    let format: BenchFormat

    func print() {
        let names = HeadFigures.columns
        let rows = heads.map(\.cells)
        switch format {
        case .csv:
            Swift.print(names.joined(separator: ","))
            for row in rows { Swift.print(row.map(\.csv).joined(separator: ",")) }
        case .json:
            for row in rows { Swift.print(TableCell.json(zip(names, row))) }
        case .table:
            // Columns that no head has are left out.
            let kept = names.indices.filter { column in
                rows.contains { $0[column] != .none }
                    && (names[column] != "sink" || heads.contains { $0.sinkShare > 0 })
            }
            let cells = [kept.map { names[$0] }] + rows.map { row in kept.map { row[$0].shown } }
            let widths = kept.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
            for line in cells {
                Swift.print(
                    zip(line, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  "))
            }
        }
    }
}

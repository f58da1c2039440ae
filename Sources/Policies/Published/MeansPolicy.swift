import Attention
import Foundation
import HalfSpace

/// Half-space reporting, and what it leaves out as one mean key and one mean value a cell.
///
/// Ours, on the sets of arXiv 2410.10165: see ``LeafMeanResidual``. Cells hold 32 keys, or more where the means would take more than a
/// quarter of the budget.
public final class MeansPolicy: CachePolicy {
    public static let card = PolicyCard(
        name: "HSR + means", source: "ours: half-space reporting (arXiv 2410.10165) and leaf means of the rest",
        words: "all above a threshold, means of the rest")

    private static let leaf = 32

    private let budget: PolicyBudget
    private let reader: HalfSpaceReader
    private let residual: LeafMeanResidual

    public init(_ start: PolicyStart) throws {
        budget = start.budget
        reader = try HalfSpaceReader(start)
        let fine = MedianPartition(store: start.store, rows: 0..<start.store.count, leaf: Self.leaf)
        var level = fine.level
        while level > 0, (1 << level) * PolicyBudget.rowBytes(start.store) > start.budget.bytes / 4 { level -= 1 }
        residual = LeafMeanResidual(partition: fine.cut(atLevel: level))
    }

    public var parameters: [(name: String, value: String)] {
        [("index", reader.index.statistics.kind.rawValue), ("cells", String(residual.partition.cellCount))]
    }

    public func take(row: Int) { reader.index.extend() }

    public func read(_ step: PolicyStep) throws -> PolicyReading {
        // Rows that came later make one cell more.
        let cells = residual.partition.cellCount + (step.count > residual.partition.rows.upperBound ? 1 : 0)
        let found = try reader.read(step, within: budget, beside: cells * PolicyBudget.rowBytes(step.store))
        guard let bytes = found.bytes else { return .unaffordable(least: found.least) }
        var reading = PolicyReading(rows: reader.report.positions, bytes: bytes)
        var output = reading.attend(step)
        let scores = reading.rows.map { step.scores[Int($0)] }
        let top = scores.max() ?? 0
        var mass = scores.isEmpty ? -.infinity : top + log(scores.reduce(0) { $0 + exp($1 - top) })
        residual.correct(&output, logMass: &mass, query: step.query, report: reader.report, store: step.store)
        reading.output = output
        return reading
    }
}

import HalfSpace

/// The r keys of largest score, told for nothing: the best that reading r keys of the largest weight can do, and no method.
public final class OracleTopR: CachePolicy {
    public static let card = PolicyCard(
        name: "oracle top-r", source: "a yardstick, not a method: finding the keys costs it nothing",
        words: "the keys of largest score", isOracle: true)

    private let budget: PolicyBudget

    public init(_ start: PolicyStart) { budget = start.budget }

    public var parameters: [(name: String, value: String)] { [] }

    public func take(row: Int) {}

    public func read(_ step: PolicyStep) -> PolicyReading {
        let rows = Array(step.falling.prefix(budget.rows(of: step.store)))
        return PolicyReading(rows: rows, bytes: ReadBytes(rows: rows.count, of: step.store))
    }
}

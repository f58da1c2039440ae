import HalfSpace

/// Keys drawn evenly, without replacement and anew for each query: what any choice has to beat.
public final class RandomKeys: CachePolicy {
    public static let card = PolicyCard(
        name: "random", source: "a yardstick: uniform sampling without replacement", words: "keys drawn evenly")

    private let budget: PolicyBudget
    private let seed: UInt64

    public init(_ start: PolicyStart) { (budget, seed) = (start.budget, start.seed) }

    public var parameters: [(name: String, value: String)] { [] }

    public func take(row: Int) {}

    public func read(_ step: PolicyStep) -> PolicyReading {
        var random = SplitMix(seed: seed, step: step.number)
        let rows = random.sample(budget.rows(of: step.store), of: Array(0..<UInt32(step.count)))
        return PolicyReading(rows: rows, bytes: ReadBytes(rows: rows.count, of: step.store))
    }
}

extension SplitMix {
    /// The numbers of one step.
    init(seed: UInt64, step: Int) {
        self.init(seed: seed &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(truncatingIfNeeded: step + 1))
    }

    /// So many of some rows, evenly and without replacement; all of them where there are no more. In no order.
    mutating func sample(_ count: Int, of rows: [UInt32]) -> [UInt32] {
        guard count < rows.count else { return rows }
        var rows = rows
        for i in 0..<max(0, count) {
            rows.swapAt(i, i + Int(next() % UInt64(rows.count - i)))
        }
        return Array(rows.prefix(max(0, count)))
    }
}

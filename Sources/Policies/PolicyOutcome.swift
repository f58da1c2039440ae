import Attention
import HalfSpace

/// How a policy's reading of one query fares against float64 attention over every key, and against the oracle at the same bytes.
public struct PolicyOutcome: Sendable {
    public let kind: PolicyKind
    /// The rows that it attended, ascending.
    public let rows: [UInt32]
    /// The share of the oracle's rows that are among them; 1 where the oracle has none.
    public let recall: Double
    /// The share of the softmax weight of all keys that its rows hold.
    public let mass: Double
    /// ‖found − whole‖₂ / ‖whole‖₂.
    public let error: Double
    public let bytes: ReadBytes
    /// The bytes that it needs at least, where it could read nothing.
    public let least: Int?
    public let note: String
    /// The rows that it has evicted for ever, ascending; empty for policies that keep all.
    public let gone: [UInt32]

    init(
        _ kind: PolicyKind, _ policy: any CachePolicy, _ reading: PolicyReading, oracle: Set<UInt32>,
        _ step: PolicyStep, whole: Referee
    ) {
        self.kind = kind
        rows = reading.rows.sorted()
        bytes = reading.bytes
        least = reading.least
        note = reading.note
        let found = rows.count { oracle.contains($0) }
        recall = oracle.isEmpty ? 1 : Double(found) / Double(oracle.count)
        let shares = step.shares
        mass = min(1, rows.reduce(0) { $0 + shares[Int($1)] })
        error = AttentionError(reading.attend(step), against: whole.output).relative
        gone = policy.kept.map { Self.complement($0, of: step.count) } ?? []
    }

    /// The rows below n that are not among some ascending ones.
    private static func complement(_ kept: [UInt32], of n: Int) -> [UInt32] {
        var isKept = Array(repeating: false, count: n)
        for row in kept { isKept[Int(row)] = true }
        return isKept.indices.filter { !isKept[$0] }.map(UInt32.init)
    }
}

/// Every policy's reading of one query.
public struct PolicyComparison: Sendable {
    /// Keys present.
    public let n: Int
    public let budget: PolicyBudget
    /// The rows that the oracle reads, ascending.
    public let oracle: [UInt32]
    public let outcomes: [PolicyOutcome]
}

import Measurement
import Policies

/// The last looks at policies, for running medians.
struct PolicyHistory {
    private var last: [PolicyKind: [PolicyOutcome]] = [:]
    private let limit: Int
    /// Looks so far.
    private(set) var count = 0

    init(limit: Int) { self.limit = limit }

    mutating func add(_ comparison: PolicyComparison) {
        count += 1
        for outcome in comparison.outcomes {
            last[outcome.kind] = ((last[outcome.kind] ?? []) + [outcome]).suffix(limit)
        }
    }

    func median(of kind: PolicyKind) -> PoliciesFrame.Outcome {
        let outcomes = last[kind] ?? []
        func median(_ value: (PolicyOutcome) -> Double) -> Double { Samples(outcomes.map(value)).median }
        func bytes(_ value: (PolicyOutcome) -> Int) -> Int { Int(held: median { Double(value($0)) }) }
        return PoliciesFrame.Outcome(
            rows: median { Double($0.rows.count) }, recall: median(\.recall), mass: median(\.mass),
            error: median(\.error),
            bytes: ReadBytes(
                keys: bytes(\.bytes.keys), values: bytes(\.bytes.values), metadata: bytes(\.bytes.metadata)),
            evicted: outcomes.last?.gone.count ?? 0, least: outcomes.last?.least)
    }
}

extension PoliciesFrame.Outcome {
    init(_ outcome: PolicyOutcome) {
        self.init(
            rows: Double(outcome.rows.count), recall: outcome.recall, mass: outcome.mass, error: outcome.error,
            bytes: outcome.bytes, evicted: outcome.gone.count, least: outcome.least)
    }
}

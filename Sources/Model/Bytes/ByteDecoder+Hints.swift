import Attention
import HalfSpace

extension ByteDecoder {
    /// The share of keys that the newest rows of the prompt had reported, and what the activation makes of them.
    public func hints(of head: Int) -> QueryHints {
        var hints = QueryHints(demand: StepDemand(model.activation, rule: rule.rule))
        guard let reported = reportedInPrompt[head], let last = reported.indices.last else { return hints }
        let newest = reported.suffix(Self.newest)
        let share = Double(newest.reduce(0, +)) / Double(newest.count) / Double(last + 1)
        hints.expectedShare = max(share, 1 / Double(last + 1))
        return hints
    }

    private static let newest = 1024
}

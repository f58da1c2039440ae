import HalfSpace
import Testing

@testable import Attention

extension SparseAttention {
    /// A step, its set listed, and both checked against the definition.
    func step(
        _ query: [Float], activation: Activation, threshold: ChosenThreshold, into output: AttentionOutput,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> (found: AttentionFinding, set: Report) {
        let found = try attend(query, activation: activation, threshold: threshold, into: output)
        let report = Report()
        try list(found, of: query, into: report)
        let check = SetCheck(found, of: query, report: report, store: index.store)
        #expect(check.missed == 0 && check.extra == 0, sourceLocation: sourceLocation)
        return (found, report)
    }
}

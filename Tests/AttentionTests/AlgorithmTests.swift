import HalfSpace
import Testing

@testable import Attention

@Suite struct AlgorithmTests {
    /// Both algorithms, the fast prefill and the definition give one answer.
    @Test(arguments: [Activation.relu(alpha: 2), .softmax, .entmax(alpha: 1.5)])
    func theAlgorithmsAgree(activation: Activation) throws {
        var dice = Dice(80)
        for (n, d) in [(120, 2), (90, 9)] {
            let store = dice.store(n: n, d: d, dv: 3)
            let queries = dice.normals(12 * d)
            for rule in [ThresholdRule.calibrated, .count, .tight] {
                let settings = ThresholdSettings(rule: rule, budget: .keys(20))
                let decoding = try GenerationDecoding(store, activation: activation, threshold: settings)
                var prefilled: [AlgorithmRow] = []
                try promptPrefilling(queries, store, activation: activation, threshold: settings) {
                    prefilled.append($0)
                }
                let fast = try Prefill.run(
                    PrefillRequest(queries: queries, activation: activation, threshold: settings, method: .codes),
                    store: store)
                for i in 0..<12 {
                    let q = Array(queries[i * d..<(i + 1) * d])
                    let expected = Reference.output(q, store, activation, b: fast.thresholds[i])
                    #expect(Reference.distance(prefilled[i].output, expected) < 1e-5)
                    #expect(Reference.distance(Array(fast.outputs[i * 3..<i * 3 + 3]), expected) < 1e-5)
                    // The tight rule counts the queries that a call serves.
                    if rule != .tight { #expect(Reference.distance(try decoding.infer(q).output, expected) < 1e-5) }
                }
            }
        }
    }

    @Test func prefillingCanBeStopped() throws {
        var dice = Dice(81)
        let store = dice.store(n: 10, d: 2)
        var rows = 0
        #expect(throws: CancellationError.self) {
            try promptPrefilling(dice.normals(20), store, activation: .softmax, threshold: ThresholdSettings()) { _ in
                rows += 1
                if rows == 3 { throw CancellationError() }
            }
        }
        #expect(rows == 3)
    }
}

import Foundation
import HalfSpace
import Testing

@testable import Attention

/// Keys and values up to the longest that kernels take, and of two lengths.
@Suite struct LongRowsTests {
    static let shapes = [(257, 64), (576, 512), (1024, 1024), (1024, 3)]

    @Test(arguments: shapes)
    func everyIndexServesThem(d: Int, dv: Int) throws {
        var dice = Dice(31)
        let store = dice.store(n: 300, d: d, dv: dv)
        let referee = Referee(store: store)
        let q = dice.normals(d)
        for choice in [IndexChoice.auto, .fixed(.brute), .fixed(.tree), .fixed(.quantised)] {
            let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: choice))
            for activation in [Activation.relu(alpha: 1), .softmax, .entmax(alpha: 1.5)] {
                let output = AttentionOutput(valueDimension: dv)
                let report = Report()
                let found = try sparse.attend(q, activation: activation, threshold: 0.8, into: output)
                try sparse.list(found, of: q, into: report)
                let check = SetCheck(found, of: q, report: report, store: store)
                #expect(check.missed == 0 && check.extra == 0, "\(choice.name)")
                referee.attend(q, activation: activation, threshold: found.threshold, over: .reported)
                #expect(referee.error(of: output).relative < 1e-5, "\(choice.name), \(activation)")
            }
        }
    }

    @Test(arguments: [IndexKind.boxes, .prefix])
    func whatCannotServeThemSaysSo(kind: IndexKind) throws {
        var dice = Dice(32)
        let store = dice.store(n: 40, d: 257)
        let refusal = #expect(throws: IndexCannotServe.self) {
            try ReportingIndex(store: store, choice: .fixed(kind))
        }
        #expect(refusal?.description.contains("256") == true)
    }

    @Test(arguments: [PrefillMethod.dense, .tree, .codes, .auto])
    func prefillServesThem(method: PrefillMethod) throws {
        var dice = Dice(33)
        for (d, dv) in [(576, 512), (1024, 1024)] {
            let store = dice.store(n: 90, d: d, dv: dv)
            let queries = dice.normals(5 * d)
            for activation in [Activation.relu(alpha: 2), .softmax] {
                let request = PrefillRequest(
                    queries: queries, activation: activation, threshold: ThresholdSettings(offset: -1), causal: true,
                    method: method)
                let result = try Prefill.run(request, store: store)
                for row in 0..<5 {
                    let scores = Array(Reference.scores(Array(queries[row * d..<(row + 1) * d]), store)[..<(86 + row)])
                    let isWhole = result.method == .dense && activation == .softmax
                    let weights = Reference.weights(
                        scores, activation, b: isWhole ? -.infinity : result.thresholds[row])
                    let found = Array(result.outputs[row * dv..<(row + 1) * dv])
                    #expect(Reference.distance(found, Reference.mix(weights, store)) < 3e-5)
                }
            }
        }
    }
}

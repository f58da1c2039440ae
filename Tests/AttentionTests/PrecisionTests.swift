import Foundation
import HalfSpace
import Testing

@testable import Attention

/// HSR and naive against the float64 referee where float32 scores hold little.
@Suite struct PrecisionTests {
    static let activations: [Activation] =
        [.relu(alpha: 1), .relu(alpha: 3), .softmax] + [1.001, 1.01, 1.25, 1.5, 2, 3, 8].map { .entmax(alpha: $0) }

    /// Keys whose scores have a common part: all other differences are about 1.
    private func store(common: Double, n: Int, d: Int, dice: inout Dice) throws -> (KeyValueStore, [Float]) {
        let q = dice.normals(d)
        let square = q.reduce(0.0) { $0 + Double($1) * Double($1) }
        let store = KeyValueStore(dimension: d, valueDimension: 3, capacity: n)
        let shift = common * Double(d).squareRoot() / square
        for _ in 0..<n {
            let key = dice.normals(d).enumerated().map { Float(Double($1) + shift * Double(q[$0])) }
            try store.append(keys: key, values: dice.normals(3).map { $0 + 1 })
        }
        return (store, q)
    }

    @Test(arguments: activations)
    func aCommonPartCostsNoDigits(activation: Activation) throws {
        var dice = Dice(21)
        for (common, d) in [(0.0, 4), (1e2, 8), (1e4, 4), (1e4, 64), (1e6, 16)] {
            let (store, q) = try store(common: common, n: 300, d: d, dice: &dice)
            let referee = Referee(store: store)
            let statistics = KeyStatistics(of: store, rows: 0..<300)
            let rule: ThresholdRule = activation == .softmax ? .count : .calibrated
            let chooser = ThresholdChooser(
                settings: ThresholdSettings(rule: rule, budget: .keys(50)), activation: activation)
            let chosen = chooser.choose(q, over: statistics)
            for choice in [IndexChoice.fixed(.brute), .fixed(.tree), .auto] {
                let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: choice))
                let output = AttentionOutput(valueDimension: 3)
                let found = try sparse.attend(q, activation: activation, threshold: chosen, into: output)
                referee.attend(q, activation: activation, threshold: found.threshold, over: .reported)
                let error = referee.error(of: output).relative
                #expect(error < 1e-5, "HSR by \(choice.name), common part \(common), d = \(d): \(error)")
            }
            let dense = DenseAttention(store: store)
            let output = AttentionOutput(valueDimension: 3)
            dense.attend(q, activation: activation, threshold: chosen.value, into: output)
            referee.attend(q, activation: activation, threshold: chosen.value)
            let error = referee.error(of: output).relative
            #expect(error < 1e-5, "naive, common part \(common), d = \(d): \(error)")
        }
    }

    @Test(arguments: activations)
    func largeScoresCostNoDigits(activation: Activation) throws {
        var dice = Dice(22)
        for scale in [1e-6, 1, 1e2, 1e4, 1e6] {
            let store = dice.store(n: 400, d: 8, dv: 3, scale: Float(scale))
            let q = dice.normals(8)
            let referee = Referee(store: store)
            let b = KeyStatistics(of: store, rows: 0..<400).scores(of: q).deviation
            let (ours, theirs) = (AttentionOutput(valueDimension: 3), AttentionOutput(valueDimension: 3))
            let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .fixed(.tree)))
            let found = try sparse.attend(q, activation: activation, threshold: b, into: ours)
            referee.attend(q, activation: activation, threshold: found.threshold, over: .reported)
            #expect(referee.error(of: ours).relative < 1e-5, "HSR at \(scale)")
            DenseAttention(store: store).attend(q, activation: activation, threshold: b, into: theirs)
            referee.attend(q, activation: activation, threshold: b)
            #expect(referee.error(of: theirs).relative < 1e-5, "naive at \(scale)")
        }
    }

    /// Equal keys, and keys that tie but for rounding: D is 0 and the output nothing, in HSR and naive alike.
    @Test func whatTiesHasNoWeight() throws {
        var dice = Dice(23)
        for d in [2, 3, 16, 64] {
            let key = dice.normals(d)
            let store = KeyValueStore(dimension: d, valueDimension: 2, capacity: 60)
            for i in 0..<50 {
                // The same score from entries in another order: its sum rounds differently.
                let turned = Array(key[(i % d)...] + key[..<(i % d)])
                try store.append(keys: turned, values: dice.normals(2))
            }
            let q = [Float](repeating: 1.1, count: d)
            let scores = Reference.scores(q, store)
            let least = try #require(scores.min())
            for alpha in [1, 2, 8] {
                for choice in [IndexChoice.auto, .fixed(.tree), .fixed(.brute), .fixed(.quantised)] {
                    let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: choice))
                    let output = AttentionOutput(valueDimension: 2)
                    try sparse.attend(q, activation: .relu(alpha: alpha), threshold: least, into: output)
                    #expect(output.values == [0, 0], "\(choice.name) at d = \(d): \(output.values)")
                }
                let output = AttentionOutput(valueDimension: 2)
                DenseAttention(store: store).attend(
                    q, activation: .relu(alpha: alpha), threshold: least, into: output)
                #expect(output.values == [0, 0], "naive at d = \(d): \(output.values)")
            }
        }
    }

    /// Where float32 is only just enough, or no longer: both sides of what `precision.h` estimates.
    @Test(arguments: [Activation.relu(alpha: 1), .relu(alpha: 3), .softmax, .entmax(alpha: 1.25), .entmax(alpha: 2)])
    func theLimitOfFloat32IsKnown(activation: Activation) throws {
        var dice = Dice(25)
        for d in [2, 16, 64] {
            for common in [4.0, 16, 32, 64, 128, 256] {
                let (store, q) = try store(common: common, n: 1000, d: d, dice: &dice)
                let referee = Referee(store: store)
                let b = common + 1.5
                for choice in [IndexChoice.fixed(.quantised), .fixed(.tree)] {
                    let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: choice))
                    let output = AttentionOutput(valueDimension: 3)
                    let found = try sparse.attend(q, activation: activation, threshold: b, into: output)
                    referee.attend(q, activation: activation, threshold: found.threshold, over: .reported)
                    let error = referee.error(of: output).relative
                    #expect(error < 1e-5, "HSR by \(choice.name), common part \(common), d = \(d): \(error)")
                }
                let output = AttentionOutput(valueDimension: 3)
                DenseAttention(store: store).attend(q, activation: activation, threshold: b, into: output)
                referee.attend(q, activation: activation, threshold: b)
                let error = referee.error(of: output).relative
                #expect(error < 1e-5, "naive, common part \(common), d = \(d): \(error)")
            }
        }
    }

    /// Prefill, row by row, whatever its way.
    @Test(arguments: [PrefillMethod.dense, .tree, .codes])
    func prefillKeepsItsDigits(method: PrefillMethod) throws {
        var dice = Dice(26)
        for (common, d) in [(0.0, 4), (1e2, 16), (1e4, 4), (1e6, 8)] {
            let (store, q) = try store(common: common, n: 200, d: d, dice: &dice)
            let queries = (0..<3).flatMap { row in q.map { $0 * (1 + Float(row) / 64) } }
            for activation in [Activation.relu(alpha: 1), .relu(alpha: 3), .softmax, .entmax(alpha: 1.5)] {
                // Rows that find their own threshold have no trees.
                if case .entmax = activation, method == .tree { continue }
                let request = PrefillRequest(
                    queries: queries, activation: activation, threshold: ThresholdSettings(offset: -0.5), method: method
                )
                let result = try Prefill.run(request, store: store)
                let referee = Referee(store: store)
                for row in 0..<3 {
                    let output = AttentionOutput(valueDimension: 3)
                    output.values = Array(result.outputs[row * 3..<row * 3 + 3])
                    referee.attend(
                        Array(queries[row * d..<(row + 1) * d]), activation: activation,
                        threshold: result.thresholds[row], over: result.method == .dense ? .all : .reported)
                    let error = referee.error(of: output).relative
                    #expect(error < 1e-5, "\(activation), common part \(common): \(error)")
                }
            }
        }
    }

    @Test func entmaxIsServedFromAMillionthAboveOne() {
        #expect(Entmax.refusal(of: 1.000_001) == nil && Entmax.refusal(of: 8) == nil)
        for alpha in [1, 0.5, -1, .nan, 1 + 1e-9, .infinity] { #expect(Entmax.refusal(of: alpha) != nil) }
    }

    @Test(arguments: [1.000_001, 1.001, 1.3, 1.5, 2, 2.2, 3, 8])
    func theSolverAgreesWithTheReferee(alpha: Double) {
        var dice = Dice(24)
        for scale in [1e-3, 1, 1e3] {
            for n in [1, 2, 7, 200] {
                let scores = dice.normals(n).map { Double($0) * scale + 1e4 }
                var truth = scores
                var referee = EntmaxReferee()
                _ = referee.weigh(&truth, alpha: alpha)
                let solution = Entmax.solve(scores, alpha: alpha)
                #expect(zip(solution.weights, truth).allSatisfy { abs($0 - $1) < 1e-9 })
                #expect(zip(scores, truth).allSatisfy { $1 == 0 || $0 > solution.cut - 1e-9 * scale })
            }
        }
    }
}

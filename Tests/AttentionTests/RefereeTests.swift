import Foundation
import HalfSpace
import Testing

@testable import Attention

@Suite struct RefereeTests {
    static let activations: [Activation] =
        [1, 2, 3, 8].map { .relu(alpha: $0) } + [.softmax]
        + [1.001, 1.01, 1.25, 1.5, 2, 3, 8].map { .entmax(alpha: $0) }

    @Test(arguments: activations)
    func agreesWithTheDefinitionWrittenAnotherWay(activation: Activation) {
        var dice = Dice(3)
        for (d, dv, scale) in [(1, 1, Float(1)), (3, 2, 4), (17, 5, 0.3), (4, 4, 100)] {
            let store = dice.store(n: 200, d: d, dv: dv, scale: scale)
            let referee = Referee(store: store)
            for _ in 0..<5 {
                let q = dice.normals(d)
                referee.attend(q, activation: activation, threshold: 0.25)
                let b = activation == .softmax ? -Double.infinity : 0.25
                let expected = Reference.output(q, store, activation, b: b)
                let error = zip(referee.output, expected).map { abs($0 - $1) }.max() ?? 1
                // The other way loses the weight of the last key of the support where weights rise steeply.
                #expect(error < (activation == .entmax(alpha: 8) ? 1e-4 : 1e-9), "d = \(d), scale = \(scale)")
            }
        }
    }

    /// A part that all scores share changes no weight of softmax or entmax, nor of ReLU where b has it as well.
    @Test(arguments: activations)
    func aCommonPartChangesNothing(activation: Activation) throws {
        var dice = Dice(4)
        let n = 100
        let keys = (0..<n).map { _ in dice.normals(3) + [0] }
        // A power of two, and entries of few digits: adding it rounds nothing.
        let rounded = keys.map { $0.map { ($0 * 256).rounded() / 256 } }
        let values = dice.normals(n * 2)
        let plain = KeyValueStore(dimension: 4, valueDimension: 2, capacity: n)
        try plain.append(keys: rounded.flatMap { $0 }, values: values)
        let shifted = KeyValueStore(dimension: 4, valueDimension: 2, capacity: n)
        try shifted.append(keys: rounded.flatMap { $0.dropLast() + [0x1p14] }, values: values)
        let (one, other) = (Referee(store: plain), Referee(store: shifted))
        let q: [Float] = [0.5, -0.25, 1, 1]
        one.attend(q, activation: activation, threshold: 0.125)
        other.attend(q, activation: activation, threshold: 0x1p13 + 0.125)
        #expect(zip(one.output, other.output).allSatisfy { abs($0 - $1) < 1e-10 })
        #expect(one.output.contains { $0 != 0 })
    }

    /// Σ p = 1 and `p^(a−1) − (a−1)s` is the same for every key with a weight: what defines entmax.
    @Test(arguments: [1 + 1e-9, 1.000_001, 1.001, 1.1, 1.5, 2, 2.5, 4, 8])
    func entmaxMeetsItsConditions(alpha: Double) {
        var dice = Dice(5)
        for scale in [0.01, 1, 30, 1e6] {
            var solver = EntmaxReferee()
            let scores = dice.normals(300).map { Double($0) * scale + 1e4 }
            var weights = scores
            let total = solver.weigh(&weights, alpha: alpha)
            #expect(abs(total - 1) < 1e-9 && weights.allSatisfy { $0 >= 0 && $0 <= 1 + 1e-12 })
            // In units of scores: (p^(a−1) − 1)/(a−1) − s.
            var levels: [Double] = []
            for (p, s) in zip(weights, scores) where p > 1e-200 {
                let lifted: Double = expm1((alpha - 1) * log(p)) / (alpha - 1)
                levels.append(lifted - s)
            }
            let spread = (levels.max() ?? 0) - (levels.min() ?? 0)
            #expect(spread < 1e-8 * max(1, scale), "α = \(alpha), scale = \(scale)")
            let edge = -(levels.first ?? 0) - 1 / (alpha - 1)
            for (p, s) in zip(weights, scores) where p == 0 { #expect(s <= edge + 1e-8 * scale || alpha < 1.01) }
        }
    }

    /// The last key of the support has what the others leave, however little its score is above τ.
    @Test(arguments: [3, 5, 8])
    func steepWeightsAreRecovered(alpha: Double) {
        for last in [1e-2, 1e-3, 1e-4] {
            let wanted = [0.6, 0.4 - last, last]
            var weights = wanted.map { pow($0, alpha - 1) / (alpha - 1) } + [-1e-3]
            var solver = EntmaxReferee()
            _ = solver.weigh(&weights, alpha: alpha)
            #expect(zip(weights, wanted + [0]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(weights)")
        }
    }

    @Test func entmaxNearOneIsSoftmax() {
        var dice = Dice(6)
        let store = dice.store(n: 150, d: 4, dv: 3)
        let q = dice.normals(4)
        let (near, limit) = (Referee(store: store), Referee(store: store))
        near.attend(q, activation: .entmax(alpha: 1 + 1e-10), threshold: 0)
        limit.attend(q, activation: .softmax, threshold: 0)
        #expect(zip(near.output, limit.output).allSatisfy { abs($0 - $1) < 1e-8 })
    }

    @Test func theReportedKeysAloneOrAll() {
        var dice = Dice(7)
        let store = dice.store(n: 150, d: 4, dv: 3)
        let q = dice.normals(4)
        let referee = Referee(store: store)
        referee.attend(q, activation: .softmax, threshold: 0.5, over: .reported)
        let reported = Reference.output(q, store, .softmax, b: 0.5)
        #expect(zip(referee.output, reported).allSatisfy { abs($0 - $1) < 1e-12 })
        referee.attend(q, activation: .softmax, threshold: 0.5)
        #expect(zip(referee.output, reported).contains { abs($0 - $1) > 1e-3 })
    }

    @Test func whereEveryMemberTiesThereIsNoWeight() throws {
        let store = KeyValueStore(dimension: 3, valueDimension: 1, capacity: 4)
        // Two equal keys, and one of the same score whose sum rounds differently.
        try store.append(keys: [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.3, 0.2, 0.1, -1, 0, 0], values: [1, 2, 3, 4])
        let q: [Float] = [1, 1, 1]
        let scores = Reference.scores(q, store)
        let referee = Referee(store: store)
        for b in [scores[0], scores[2], scores[0].nextDown, scores[0].nextUp] {
            for alpha in [1, 3] {
                referee.attend(q, activation: .relu(alpha: alpha), threshold: b)
                #expect(referee.output == [0])
            }
        }
        referee.attend(q, activation: .relu(alpha: 1), threshold: scores[0] - 1e-12)
        #expect(abs(referee.output[0] - 2) < 1e-3)
        referee.attend(q, activation: .relu(alpha: 1), threshold: .infinity)
        #expect(referee.output == [0])
    }

    @Test func nothingGivesNothing() {
        let referee = Referee(store: KeyValueStore(dimension: 2, valueDimension: 2, capacity: 0))
        for activation in Self.activations {
            referee.attend([1, 1], activation: activation, threshold: 0)
            #expect(referee.output == [0, 0])
        }
    }

    @Test func errorsAreCountedAndNoNumberIsTheWorst() {
        let error = AttentionError([3, 4.5], against: [3, 4])
        #expect(error.largest == 0.5 && abs(error.relative - 0.1) < 1e-15)
        #expect(AttentionError([0, 0], against: [0, 0]).relative == 0)
        #expect(AttentionError([0, 1], against: [0, 0]).relative == 1)
        for bad in [Float.nan, .infinity] {
            let error = AttentionError([bad, 4], against: [3, 4])
            #expect(error.largest == .greatestFiniteMagnitude && error.relative == .greatestFiniteMagnitude)
        }
    }
}

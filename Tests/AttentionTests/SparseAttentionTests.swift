import Foundation
import HalfSpace
import Testing

@testable import Attention

@Suite struct SparseAttentionTests {
    static let activations: [Activation] =
        (1...8).map { .relu(alpha: $0) } + [.softmax] + [1.25, 1.5, 1.75, 2, 3].map { .entmax(alpha: $0) }

    @Test(arguments: activations)
    func matchesTheReference(activation: Activation) throws {
        var dice = Dice(7)
        for (d, dv, scale) in [(1, 1, Float(1)), (2, 3, 4), (8, 8, 1), (33, 5, 0.2)] {
            let store = dice.store(n: 400, d: d, dv: dv, scale: scale)
            let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .auto))
            let statistics = KeyStatistics(of: store, rows: 0..<400)
            let output = AttentionOutput(valueDimension: dv)
            for rule in [ThresholdRule.calibrated, .tight, .manual, .count] {
                let settings = ThresholdSettings(rule: rule, manual: 0.1, budget: .keys(37))
                let q = dice.normals(d)
                let chosen = ThresholdChooser(settings: settings, activation: activation).choose(q, over: statistics)
                let (_, set) = try sparse.step(q, activation: activation, threshold: chosen, into: output)
                let s = Reference.scores(q, store)
                #expect(set.count == s.filter { $0 >= set.threshold }.count)
                if rule == .count, activation.name != "entmax" { #expect(set.count == 37) }
                let expected = Reference.output(q, store, activation, b: set.threshold)
                #expect(Reference.distance(output.values, expected) < 2e-5)
                let w = Reference.weights(s, activation, b: set.threshold)
                let sum = w.reduce(0, +)
                for (position, share) in zip(set.positions, sparse.shares(of: set, q, activation: activation))
                where sum > 0 {
                    #expect(abs(Double(share) - w[Int(position)] / sum) < 1e-6)
                }
            }
        }
    }

    @Test func offsetOfTheCountRuleGoesBothWays() throws {
        var dice = Dice(8)
        let store = dice.store(n: 500, d: 4)
        let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .auto))
        let statistics = KeyStatistics(of: store, rows: 0..<500)
        let q = dice.normals(4)
        let s = Reference.scores(q, store).sorted(by: >)
        let output = AttentionOutput(valueDimension: 4)
        for x in [-0.3, 0.3] {
            let settings = ThresholdSettings(rule: .count, offset: x, budget: .keys(50))
            let chosen = ThresholdChooser(settings: settings, activation: .softmax).choose(q, over: statistics)
            let (_, set) = try sparse.step(q, activation: .softmax, threshold: chosen, into: output)
            #expect(abs(set.threshold - (s[49] + x * statistics.scores(of: q).deviation)) < 1e-12)
            #expect(set.count == s.filter { $0 >= set.threshold }.count)
            #expect(Reference.distance(output.values, Reference.output(q, store, .softmax, b: set.threshold)) < 2e-6)
        }
    }

    /// What a stream remembers of its thresholds never shows in its answers, also where its queries change without warning.
    @Test(arguments: [Activation.softmax, .relu(alpha: 2), .entmax(alpha: 1.5), .entmax(alpha: 2)])
    func memoryOfThresholdsSteersOnly(activation: Activation) throws {
        var dice = Dice(13)
        let store = dice.store(n: 600, d: 4)
        // An index that does not answer densely.
        let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .fixed(.tree)))
        let statistics = KeyStatistics(of: store, rows: 0..<600)
        let output = AttentionOutput(valueDimension: 4)
        for step in 0..<120 {
            var q = dice.normals(4, scale: [0.01, 1, 1, 1, 1, 6][step / 20])
            if step % 17 == 0 { q = q.map { -3 * $0 } }
            if step % 23 == 0 { q = Array(repeating: 0, count: 4) }
            let settings = ThresholdSettings(rule: .count, budget: .keys(step < 60 ? 40 : 41))
            let chosen = ThresholdChooser(settings: settings, activation: activation).choose(q, over: statistics)
            let (_, set) = try sparse.step(q, activation: activation, threshold: chosen, into: output)
            let s = Reference.scores(q, store).sorted(by: >)
            if case .entmax(let alpha) = activation {
                #expect(set.threshold == s[0] - 1 / (alpha - 1))
            } else {
                #expect(set.threshold == s[step < 60 ? 39 : 40])
            }
            #expect(set.count == s.count { $0 >= set.threshold }, "step \(step)")
            let expected = Reference.output(q, store, activation, b: set.threshold)
            #expect(Reference.distance(output.values, expected) < 2e-5, "step \(step)")
        }
    }

    @Test func aMemoryGuessesBelowWhatItSaw() {
        var memory = ThresholdMemory()
        let spread = ScoreSpread(mean: 2, deviation: 0.5)
        #expect(memory.guess(spread, below: 1, widest: 1) == -.infinity)
        memory.add(3, spread)
        memory.add(.infinity, spread)
        memory.add(9, nil)
        // Three is two deviations above the mean; one row tells nothing of how far rows differ.
        #expect(abs(memory.guess(spread, below: 1, widest: 1) - (2 + 1.98 * 0.5)) < 1e-12)
        memory.add(4, spread)
        // Now two and four: three, less what was missed on average, once nothing and once two.
        let distance = 3 - 2.0.squareRoot() - 0.02
        #expect(abs(memory.guess(spread, below: 1, widest: 2) - (2 + distance * 0.5)) < 1e-12)
        #expect(memory.guess(spread, below: 1, widest: 0.5) == -.infinity)
        #expect(memory.guess(ScoreSpread(mean: 0, deviation: 0), below: 1, widest: 2) == -.infinity)
    }

    @Test func hugeAndTinyScoresStayFinite() throws {
        var dice = Dice(9)
        for scale in [Float(1e-20), 1e-6, 30, 300, 1e4] {
            let store = dice.store(n: 200, d: 3, scale: scale)
            let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .auto))
            let statistics = KeyStatistics(of: store, rows: 0..<200)
            let output = AttentionOutput(valueDimension: 3)
            for activation in [Activation.softmax, .relu(alpha: 1), .relu(alpha: 8), .entmax(alpha: 1.5)] {
                for rule in [ThresholdRule.calibrated, .count, .manual] {
                    let settings = ThresholdSettings(rule: rule, manual: -1e30, budget: .keys(20))
                    if activation == .relu(alpha: 8), rule == .manual { continue }
                    let q = dice.normals(3)
                    let chosen = ThresholdChooser(settings: settings, activation: activation).choose(
                        q, over: statistics)
                    let (_, set) = try sparse.step(q, activation: activation, threshold: chosen, into: output)
                    let expected = Reference.output(q, store, activation, b: set.threshold)
                    #expect(Reference.distance(output.values, expected) < 3e-4, "\(scale) \(activation) \(rule)")
                }
            }
        }
    }

    @Test func emptyRowsAreZero() throws {
        var dice = Dice(10)
        let none = KeyValueStore(dimension: 2, valueDimension: 2, capacity: 0)
        let some = dice.store(n: 20, d: 2)
        for store in [none, some] {
            let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .auto))
            let output = AttentionOutput(valueDimension: 2)
            for activation in Self.activations where store.count == 0 || activation.name != "entmax" {
                output.values = [1, 1]
                let (_, set) = try sparse.step(
                    [1, 1], activation: activation, threshold: .init(value: 1e9), into: output)
                #expect(output.values == [0, 0] && output.normaliser == 0 && set.count == 0)
                output.values = [1, 1]
                try sparse.attend(
                    [1, 1], activation: activation, threshold: .init(value: 0, keepLargest: 0), into: output)
                #expect(output.values == [0, 0] || activation.name == "entmax")
            }
        }
    }

    @Test func aBudgetOfAllKeysIsDenseSoftmax() throws {
        var dice = Dice(11)
        let store = dice.store(n: 300, d: 5)
        let sparse = SparseAttention(index: try ReportingIndex(store: store, choice: .auto))
        let q = dice.normals(5)
        let output = AttentionOutput(valueDimension: 5)
        for r in [300, 5000] {
            let (_, set) = try sparse.step(
                q, activation: .softmax, threshold: .init(value: 0, keepLargest: r), into: output)
            #expect(set.count == 300)
            #expect(Reference.distance(output.values, Reference.output(q, store, .softmax)) < 1e-6)
        }
    }

    @Test func aBadQueryIsRefused() throws {
        var dice = Dice(12)
        let sparse = SparseAttention(index: try ReportingIndex(store: dice.store(n: 5, d: 2), choice: .auto))
        let output = AttentionOutput(valueDimension: 2)
        #expect(throws: NonFiniteEntry.self) {
            try sparse.attend([1, .nan], activation: .softmax, threshold: .init(value: 0), into: output)
        }
    }
}

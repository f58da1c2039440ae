import CKernels
import Foundation
import HalfSpace
import Testing

@testable import Attention

/// One call of the step's kernel against sums in float64, with blocks that grew and a tail that is scanned.
@Suite struct StepTests {
    struct Case: CustomTestStringConvertible {
        let kind: IndexKind
        let n: Int
        let d: Int
        let dv: Int
        var testDescription: String { "\(kind.rawValue), n \(n), d \(d), dv \(dv)" }
    }

    static let cases: [Case] = [
        Case(kind: .brute, n: 0, d: 3, dv: 2), Case(kind: .brute, n: 5_000, d: 3, dv: 40),
        Case(kind: .brute, n: 1_025, d: 130, dv: 17), Case(kind: .tree, n: 1, d: 1, dv: 1),
        Case(kind: .tree, n: 33, d: 2, dv: 2), Case(kind: .tree, n: 40_000, d: 2, dv: 2),
        Case(kind: .tree, n: 3_000, d: 4, dv: 33), Case(kind: .net, n: 1, d: 2, dv: 2),
        Case(kind: .net, n: 4_000, d: 2, dv: 2), Case(kind: .net, n: 4_000, d: 3, dv: 20),
        Case(kind: .net, n: 2_000, d: 4, dv: 4),
        Case(kind: .quantised, n: 1, d: 5, dv: 3), Case(kind: .quantised, n: 20_000, d: 8, dv: 8),
        Case(kind: .boxes, n: 1, d: 6, dv: 6), Case(kind: .boxes, n: 20_000, d: 6, dv: 6),
        Case(kind: .boxes, n: 3_000, d: 12, dv: 40), Case(kind: .quantised, n: 700, d: 128, dv: 130),
        Case(kind: .prefix, n: 1, d: 5, dv: 3), Case(kind: .prefix, n: 20_000, d: 6, dv: 6),
        Case(kind: .prefix, n: 3_000, d: 12, dv: 40),
    ]

    @Test(arguments: cases) func oneCallGivesTheSums(of test: Case) throws {
        var dice = Dice(31)
        let store = dice.store(n: test.n, d: test.d, dv: test.dv, room: 700)
        let index = try ReportingIndex(store: store, choice: .fixed(test.kind))
        for grown in [0, 1, 700] {
            while store.count < test.n + grown {
                try store.append(keys: dice.normals(test.d), values: dice.normals(test.dv))
                index.extend()
            }
            for alpha in 1...4 {
                for deviations in [1.2, 2.4, 9] {
                    let q = dice.normals(test.d)
                    let norm = q.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
                    let b = deviations * norm / Double(test.d).squareRoot()
                    let output = AttentionOutput(valueDimension: test.dv)
                    var result = ck_step_result()
                    let filled = output.fill(index.stepPlan.step, q, threshold: b, alpha: alpha, &result)
                    let scores = Reference.scores(q, store)
                    let members = scores.filter { $0 >= b }
                    let noise = members.allSatisfy { $0 - b < 1e-5 }
                    #expect(filled || noise, "the step was refused")
                    guard filled else { continue }
                    #expect(result.count == members.count)
                    let expected = Reference.output(q, store, .relu(alpha: alpha), b: b)
                    #expect(Reference.distance(output.values, expected) < 2e-5)
                }
            }
        }
    }

    @Test(arguments: cases) func oneCallGivesEntmax(of test: Case) throws {
        var dice = Dice(33)
        let store = dice.store(n: test.n, d: test.d, dv: test.dv, room: 700)
        for choice in [IndexChoice.auto, .fixed(test.kind)] {
            let index = try ReportingIndex(store: store, choice: choice)
            while store.count < test.n + (choice == .auto ? 0 : 700) {
                try store.append(keys: dice.normals(test.d), values: dice.normals(test.dv))
                index.extend()
            }
            for alpha in [1.25, 1.5, 2] {
                let q = dice.normals(test.d)
                let scores = Reference.scores(q, store)
                let top = scores.max() ?? 0
                let z = scores.map { (alpha - 1) * ($0 - top) }
                let cut = scores.isEmpty ? 0 : top + Entmax.threshold(z, alpha: alpha) / (alpha - 1)
                let expected = Reference.output(q, store, .entmax(alpha: alpha))
                let output = AttentionOutput(valueDimension: test.dv)
                var result = ck_step_result()
                for low in [cut - 0.5, cut - 0.01, -1e30, cut + 0.01, .infinity, -.infinity, .nan] {
                    let filled = output.fill(index.stepPlan.step, q, entmax: alpha, from: low, &result)
                    let isServed = index.answersDensely || (!scores.isEmpty && low < cut && low > -1e20)
                    #expect(filled == isServed, "low \(low - cut), alpha \(alpha)")
                    guard filled, !scores.isEmpty else { continue }
                    #expect(Reference.distance(output.values, expected) < 5e-5)
                    #expect(abs(Double(result.largest) - top) < 1e-4 && abs(result.threshold - cut) < 1e-3)
                }
                #expect(!output.fill(index.stepPlan.step, q, entmax: 2.5, from: cut - 0.5, &result))
                if !index.answersDensely {
                    #expect(!output.fill(index.stepPlan.step, q, entmax: 1.7, from: cut - 0.5, &result))
                }
            }
        }
    }

    @Test(arguments: cases) func oneCallGivesTheLargest(of test: Case) throws {
        var dice = Dice(35)
        let store = dice.store(n: test.n, d: test.d, dv: test.dv, room: 700)
        let index = try ReportingIndex(store: store, choice: .fixed(test.kind))
        while store.count < test.n + 700 {
            // Ties: some keys come again and again.
            let key = store.count % 3 == 0 && store.count > 5 ? Array(store.key(store.count / 2)) : dice.normals(test.d)
            try store.append(keys: key, values: dice.normals(test.dv))
            index.extend()
        }
        // Also where everything is read in order.
        let dense = StepPlan(store: store)
        dense.setDense(count: store.count)
        var result = ck_step_result()
        for (step, r) in [index.stepPlan.step, dense.step].flatMap({ step in [1, 2, 40, 300].map { (step, $0) } }) {
            let q = dice.normals(test.d)
            let scores = Reference.scores(q, store)
            let order = scores.sorted(by: >)
            let b = order[r - 1]
            let output = AttentionOutput(valueDimension: test.dv)
            for low in [b - 0.3, b - 0.02, b + 0.01, order[0] + 1, .infinity, -.infinity, .nan] {
                let filled = output.fill(step, q, largest: r, from: low, &result)
                #expect(filled == (low < b && low.isFinite), "r \(r), low \(low - b)")
                guard filled else { continue }
                #expect(result.threshold == b && result.count == scores.count { $0 >= b })
                let expected = Reference.output(q, store, .softmax, b: b)
                #expect(Reference.distance(output.values, expected) < 2e-5)
                let total = scores.reduce(0) { $1 >= b ? $0 + exp($1) : $0 }
                #expect(abs(output.normaliser / total - 1) < 1e-4)
            }
            #expect(!output.fill(step, q, largest: 0, from: b - 1, &result))
            #expect(!output.fill(step, q, largest: store.count + 1, from: b - 1, &result))
            #expect(!output.fill(step, q.map { _ in .nan }, largest: r, from: b - 1, &result))
        }
    }

    /// What was remembered never changes the answer, neither while queries drift nor when α is turned.
    @Test(arguments: [IndexChoice.auto, .fixed(.tree), .fixed(.quantised), .fixed(.boxes), .fixed(.prefix)])
    func entmaxIsExactWhateverIsRemembered(choice: IndexChoice) throws {
        var dice = Dice(34)
        let store = dice.store(n: 6_000, d: 6, dv: 5)
        guard let index = try? ReportingIndex(store: store, choice: choice) else { return }
        let sparse = SparseAttention(index: index)
        let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: .entmax(alpha: 1.5))
        let statistics = KeyStatistics(of: store, rows: 0..<store.count)
        let output = AttentionOutput(valueDimension: 5)
        for i in 0..<120 {
            let q = dice.normals(6).map { $0 * Float(1 + i % 30) / 10 }
            let alpha = [1.5, 1.5, 1.5, 2, 1.3][i / 5 % 5]
            let chosen = chooser.choose(q, over: statistics)
            let (_, set) = try sparse.step(q, activation: .entmax(alpha: alpha), threshold: chosen, into: output)
            #expect(Reference.distance(output.values, Reference.output(q, store, .entmax(alpha: alpha))) < 1e-4)
            let scores = Reference.scores(q, store)
            let bound = (scores.max() ?? 0) - 1 / (alpha - 1)
            #expect(abs(set.threshold - bound) < 1e-12)
            #expect(set.count == scores.count { $0 >= bound })
        }
    }

    @Test func whatIsNoNumberIsRefused() throws {
        var dice = Dice(32)
        let store = dice.store(n: 100, d: 3)
        for choice in [IndexChoice.auto, .fixed(.tree), .fixed(.brute)] {
            let index = try ReportingIndex(store: store, choice: choice)
            let output = AttentionOutput(valueDimension: store.valueDimension)
            var result = ck_step_result()
            for x in [Float.nan, .infinity, 3e38] {
                let filled = output.fill(index.stepPlan.step, [1, x, 0], threshold: 0.5, alpha: 1, &result)
                #expect(!filled)
            }
            let filled = output.fill(index.stepPlan.step, [1, 2, 0], threshold: -.infinity, alpha: 1, &result)
            #expect(!filled)
        }
    }
}

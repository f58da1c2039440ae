import Foundation
import HalfSpace
import Testing

@testable import Attention

@Suite struct PrefillTests {
    /// Every row of a prefill against the definition; thresholds and counts too.
    private func check(
        _ result: PrefillResult, _ request: PrefillRequest, _ store: KeyValueStore, tolerance: Double = 3e-5
    ) {
        let d = store.dimension
        let dv = store.valueDimension
        let m = request.queries.count / d
        for row in 0..<m {
            let q = Array(request.queries[row * d..<(row + 1) * d])
            let visible = request.causal ? store.count - m + row + 1 : store.count
            let s = Array(Reference.scores(q, store)[..<visible])
            let b = result.thresholds[row]
            if let reported = result.reported {
                #expect(reported[row] == s.filter { $0 >= b }.count, "row \(row)")
            }
            let isWhole = result.method == .dense && request.activation == .softmax
            let w = Reference.weights(s, request.activation, b: isWhole ? -.infinity : b)
            let distance = Reference.distance(
                Array(result.outputs[row * dv..<(row + 1) * dv]), Reference.mix(w, store))
            #expect(distance < tolerance, "row \(row) \(request.activation) \(result.method)")
        }
    }

    @Test(arguments: [PrefillMethod.dense, .tree, .codes])
    func matchesTheDefinition(method: PrefillMethod) throws {
        var dice = Dice(60)
        for (n, m, d, dv, causal) in [
            (150, 70, 1, 1, false), (137, 137, 2, 2, true), (180, 70, 4, 4, true), (110, 65, 3, 7, false),
            (80, 80, 20, 33, true), (130, 1, 8, 8, false), (70, 20, 64, 64, true),
        ] {
            let store = dice.store(n: n, d: d, dv: dv)
            for activation in [Activation.relu(alpha: 1), .relu(alpha: 3), .softmax] {
                var request = PrefillRequest(
                    queries: dice.normals(m * d), activation: activation,
                    threshold: ThresholdSettings(offset: -0.5), causal: causal, method: method)
                request.diagonal = 24
                check(try Prefill.run(request, store: store), request, store)
            }
        }
    }

    @Test(arguments: [false, true])
    func rowsThatFindTheirOwnThreshold(causal: Bool) throws {
        var dice = Dice(61)
        for (n, d) in [(160, 2), (100, 24)] {
            let store = dice.store(n: n, d: d)
            for activation in [Activation.softmax, .relu(alpha: 2), .entmax(alpha: 1.5), .entmax(alpha: 2)] {
                let request = PrefillRequest(
                    queries: dice.normals(n * d), activation: activation,
                    threshold: ThresholdSettings(rule: .count, budget: .power(0.6)), causal: causal, method: .codes)
                let result = try Prefill.run(request, store: store)
                #expect(result.method == .codes)
                check(result, request, store)
                if activation == .softmax, !causal {
                    #expect(result.reported?.allSatisfy { $0 == Budget.power(0.6).count(of: n) } == true)
                }
            }
        }
    }

    /// Dense blocks of entmax, whatever its exponent, and rows whose scores float32 cannot tell apart.
    @Test(arguments: [1.1, 1.25, 1.5, 1.75, 2, 3])
    func denseEntmaxMatchesTheDefinition(alpha: Double) throws {
        var dice = Dice(66)
        for (n, m, d, dv, causal) in [(130, 70, 2, 3, false), (137, 137, 9, 4, true), (5000, 3, 20, 33, false)] {
            let store = dice.store(n: n, d: d, dv: dv)
            for scale in [Float(0), 0.01, 1, 30] {
                let request = PrefillRequest(
                    queries: dice.normals(m * d, scale: scale), activation: .entmax(alpha: alpha), causal: causal,
                    method: .dense)
                check(try Prefill.run(request, store: store), request, store, tolerance: alpha > 2 ? 3e-3 : 2e-4)
            }
        }
    }

    /// What measuring computes on the way is not in the result, whichever way is chosen; `auto` is then sure to have measured.
    @Test(arguments: [Activation.relu(alpha: 1), .softmax, .entmax(alpha: 1.5)])
    func measuringLeavesNothingBehind(activation: Activation) throws {
        var dice = Dice(67)
        for (n, m, d, causal) in [(300, 300, 2, false), (200, 200, 16, true), (150, 500, 20, false)] {
            let store = dice.store(n: n, d: d)
            var request = PrefillRequest(queries: dice.normals(m * d), activation: activation, causal: causal)
            request.alwaysMeasures = true
            let result = try Prefill.run(request, store: store)
            #expect(!result.reason.contains("so little work"))
            check(result, request, store, tolerance: 2e-4)
        }
    }

    /// Row i takes n, mean and covariance of the keys 0 … i, and gives what decoding gives at that step.
    @Test func causalPrefillIsDecodingStepByStep() throws {
        var dice = Dice(62)
        for (n, d, start) in [(200, 2, 0), (170, 4, 30), (100, 16, 0)] {
            let full = dice.store(n: n, d: d)
            let queries = dice.normals((n - start) * d)
            for (activation, rule) in [
                (Activation.relu(alpha: 1), ThresholdRule.calibrated), (.softmax, .calibrated), (.softmax, .count),
                (.entmax(alpha: 1.5), .count),
            ] {
                let settings = ThresholdSettings(rule: rule, budget: .power(0.7))
                let methods: [PrefillMethod] = rule == .count ? [.codes] : [.tree, .codes]
                var expected: [(b: Double, count: Int, values: [Float])] = []
                let store = KeyValueStore(dimension: d, valueDimension: d, capacity: n)
                try store.append(
                    keys: Array(full.keys[..<(start * d)]), values: Array(full.values[..<(start * d)]))
                let index = try ReportingIndex(store: store, choice: .fixed(.brute))
                let sparse = SparseAttention(index: index)
                var statistics = KeyStatistics(of: store, rows: 0..<start)
                let output = AttentionOutput(valueDimension: d)
                for row in start..<n {
                    try store.append(keys: Array(full.key(row)), values: Array(full.value(row)))
                    index.extend()
                    statistics.add(store.key(row))
                    let q = Array(queries[(row - start) * d..<(row - start + 1) * d])
                    let chosen = ThresholdChooser(settings: settings, activation: activation).choose(
                        q, over: statistics)
                    let (_, set) = try sparse.step(q, activation: activation, threshold: chosen, into: output)
                    expected.append((set.threshold, set.count, output.values))
                }
                for method in methods {
                    var request = PrefillRequest(
                        queries: queries, activation: activation, threshold: settings, causal: true, method: method)
                    request.diagonal = 32
                    let result = try Prefill.run(request, store: full)
                    for (row, step) in expected.enumerated() {
                        #expect(result.thresholds[row] == step.b)
                        #expect(result.reported?[row] == step.count)
                        let values = result.outputs[row * d..<(row + 1) * d]
                        #expect(zip(values, step.values).allSatisfy { abs($0 - $1) < 2e-5 }, "row \(row) \(method)")
                    }
                }
            }
        }
    }

    @Test(arguments: [PrefillMethod.auto, .dense, .tree, .codes])
    func oddInputs(method: PrefillMethod) throws {
        var dice = Dice(63)
        let empty = KeyValueStore(dimension: 2, valueDimension: 2, capacity: 0)
        let some = dice.store(n: 100, d: 2)
        #expect(try Prefill.run(.init(queries: [], method: method), store: some).outputs.isEmpty)
        #expect(try Prefill.run(.init(queries: [1, 2], method: method), store: empty).outputs == [0, 0])
        // Zero queries: every key ties with the threshold; weights are 0.
        let zero = try Prefill.run(.init(queries: [0, 0, 0, 0], method: method), store: some)
        #expect(zero.outputs == [0, 0, 0, 0])
        if method != .dense, method != .auto { #expect(zero.reported == [100, 100]) }
        for scale in [Float(1e-18), 100, 1e5] {
            let store = dice.store(n: 200, d: 3, scale: scale)
            for activation in [Activation.relu(alpha: 1), .relu(alpha: 8), .softmax] {
                let request = PrefillRequest(
                    queries: dice.normals(40 * 3, scale: scale), activation: activation, causal: true, method: method)
                check(try Prefill.run(request, store: store), request, store, tolerance: 1e-3)
            }
        }
        #expect(throws: NonFiniteEntry.self) {
            try Prefill.run(.init(queries: [.nan, 1], method: method), store: some)
        }
        #expect(throws: PrefillError.self) { try Prefill.run(.init(queries: [1, 1, 1], method: method), store: some) }
        #expect(throws: PrefillError.self) {
            try Prefill.run(.init(queries: [1, 1], causal: true, method: method), store: empty)
        }
    }

    @Test(arguments: [PrefillMethod.dense, .tree, .codes])
    func thePictureCountsEveryEntryOnce(method: PrefillMethod) throws {
        var dice = Dice(64)
        let n = 320
        let store = dice.store(n: n, d: 4)
        for causal in [false, true] {
            let request = PrefillRequest(
                queries: dice.normals(n * 4), causal: causal, method: method, pictureColumns: 5, pictureRows: 5)
            let result = try Prefill.run(request, store: store)
            let matrix = try #require(result.matrix)
            var total = 0
            for row in 0..<n {
                let s = Reference.scores(Array(request.queries[row * 4..<row * 4 + 4]), store)
                total += s[..<(causal ? row + 1 : n)].filter { $0 >= result.thresholds[row] }.count
            }
            #expect(matrix.counts.reduce(0, +) == total)
            if causal, method != .codes { #expect(matrix.counts[1] == 0 && matrix.counts[5] > 0) }
        }
    }

    @Test func progressIsToldAndCancels() throws {
        var dice = Dice(65)
        let store = dice.store(n: 300, d: 3)
        let queries = dice.normals(300 * 3)
        for method in [PrefillMethod.dense, .tree, .codes] {
            let seen = Slots<Int>(count: 1)
            _ = try Prefill.run(.init(queries: queries, method: method), store: store) { seen.set(0, $0.rowsDone) }
            #expect(seen[0] == 300)
            #expect(throws: CancellationError.self) {
                try Prefill.run(.init(queries: queries, method: method), store: store) {
                    if $0.stage == "rows" { throw CancellationError() }
                }
            }
        }
    }

    /// Soft caps and sinks: the set is that of the scores, the weights are those of the logits.
    @Test(arguments: [PrefillMethod.dense, .tree, .codes], [ThresholdRule.calibrated, .count])
    func logitsThatAreNotTheScores(method: PrefillMethod, rule: ThresholdRule) throws {
        var dice = Dice(67)
        for (n, m, d, dv, causal) in [(150, 70, 3, 5, false), (90, 90, 24, 24, true)] {
            let store = dice.store(n: n, d: d, dv: dv)
            for logits in [SoftmaxLogits(softcap: 0.7), .init(sink: 1.5), .init(softcap: 1.3, sink: -0.5)] {
                var request = PrefillRequest(
                    queries: dice.normals(m * d).map { 2 * $0 }, activation: .softmax,
                    threshold: ThresholdSettings(rule: rule, offset: -0.5, budget: .power(0.7)), causal: causal,
                    method: method)
                request.logits = logits
                let result = try Prefill.run(request, store: store)
                #expect(result.method == (method == .tree ? .codes : method))
                for row in 0..<m {
                    let q = Array(request.queries[row * d..<(row + 1) * d])
                    let scores = Reference.scores(q, store)[..<(causal ? n - m + row + 1 : n)]
                    let b = result.method == .dense ? -.infinity : result.thresholds[row]
                    let raw = scores.map { $0 >= b ? exp(logits($0)) : 0 }
                    let total = raw.reduce(logits.sink.map(exp) ?? 0, +)
                    let output = Array(result.outputs[row * dv..<(row + 1) * dv])
                    // Of the sink's share there is no value.
                    let ofKeys = total > 0 ? raw.reduce(0, +) / total : 0
                    let expected = Reference.mix(raw, store).map { ofKeys * $0 }
                    #expect(Reference.distance(output, expected) < 3e-5, "row \(row) \(logits) \(result.method)")
                    if let reported = result.reported {
                        #expect(reported[row] == scores.count { $0 >= b }, "row \(row)")
                    }
                }
            }
        }
    }
}

import CKernels
import HalfSpace
import Testing

@testable import Attention

/// All heads of a layer: exact for every head, whatever the threads and whoever shares keys.
@Suite struct LayerAttentionTests {
    private static let shapes: [(heads: Int, sets: Int)] = [(1, 1), (4, 4), (6, 2), (8, 2), (9, 3), (5, 1)]

    private func layer(_ stores: [KeyValueStore], _ heads: Int, threads: Int, _ choice: IndexChoice) throws
        -> LayerAttention
    {
        let layer = LayerAttention(stores, heads: heads, threads: threads)
        try layer.buildIndexes(choice, hints: stores.map { _ in QueryHints(expectedShare: 0.1) })
        return layer
    }

    private func thresholds(_ queries: [[Float]], _ layer: LayerAttention, _ rule: ThresholdSettings, _ a: Activation)
        -> [ChosenThreshold]
    {
        let chooser = ThresholdChooser(settings: rule, activation: a)
        return queries.indices.map { chooser.choose(queries[$0], over: layer.heads[$0].statistics) }
    }

    /// Each head's set is that of the definition, and its output that of float64, both ways; the same on 1 to 4 threads.
    @Test(arguments: [Activation.relu(alpha: 1), .relu(alpha: 3), .softmax, .entmax(alpha: 1.5)])
    func everyHeadIsExact(activation: Activation) throws {
        // Outputs are compared bit by bit, so no other test may change the level of the kernels meanwhile.
        try KernelLevel.during(ck_level()) { try everyHeadIsExactAtOneLevel(activation) }
    }

    private func everyHeadIsExactAtOneLevel(_ activation: Activation) throws {
        var dice = Dice(141)
        let rule = ThresholdSettings(rule: activation == .softmax ? .count : .calibrated)
        for (shape, choice) in zip(
            Self.shapes,
            [.auto, .fixed(.quantised), .fixed(.quantised), .fixed(.tree), .auto, .fixed(.brute)] as [IndexChoice])
        {
            let d = choice == .fixed(.tree) ? 4 : 24
            let stores = (0..<shape.sets).map { _ in dice.store(n: 700, d: d, dv: d) }
            let steps = (0..<2).map { _ in (0..<shape.heads).map { _ in dice.normals(d, scale: 2) } }
            var outputs: [[[Float]]] = []
            for threads in 1...4 {
                let layer = try layer(stores, shape.heads, threads: threads, choice)
                outputs.append([])
                for queries in steps {
                    let chosen = thresholds(queries, layer, rule, activation)
                    try layer.attend(queries, activation: activation, thresholds: chosen)
                    let b = queries.indices.map { layer.outcome(of: $0).threshold }
                    layer.attendDensely(queries, activation: activation, thresholds: b)
                    if threads == 2 {
                        for (h, query) in queries.enumerated() { try check(layer, h, query, activation) }
                    }
                    outputs[threads - 1] += queries.indices.map { layer.outcome(of: $0).output }
                }
            }
            for other in outputs.dropFirst() { #expect(other == outputs[0], "\(shape), \(choice.name)") }
        }
    }

    private func check(_ layer: LayerAttention, _ h: Int, _ query: [Float], _ activation: Activation) throws {
        let (ours, naive) = (layer.outcome(of: h), layer.denseOutcome(of: h))
        let store = layer.heads[h].store
        let report = Report()
        if let found = try layer.list(h, into: report) {
            let check = SetCheck(found, of: query, report: report, store: store)
            #expect(check.missed == 0 && check.extra == 0)
            if activation.name != "entmax" { #expect(ours.reported == report.count) }
        } else {
            #expect(ours.isDense)
        }
        let referee = Referee(store: store)
        referee.attend(query, activation: activation, threshold: ours.threshold, over: .reported)
        #expect(AttentionError(ours.output, against: referee.output).relative < 2e-5)
        referee.attend(query, activation: activation, threshold: ours.threshold, over: .all)
        #expect(AttentionError(naive.output, against: referee.output).relative < 2e-5)
    }

    /// Keys that tie at the threshold, a zero query, zero columns, huge and tiny keys: heads that share them find each its own set.
    @Test func adversarialHeadsAreExact() throws {
        var dice = Dice(142)
        let d = 8
        let store = KeyValueStore(dimension: d, valueDimension: d, capacity: 2000)
        var keys: [Float] = []
        for row in 0..<1000 {
            var key = row % 3 == 0 ? Array(keys.prefix(d)) : dice.normals(d)
            if key.isEmpty { key = dice.normals(d) }
            if row % 7 == 1 { key = key.map { $0 * 1e-20 } }
            if row % 11 == 2 { key = key.map { $0 * 100 } }
            key[3] = 0
            keys += key
        }
        try store.append(keys: keys, values: dice.normals(1000 * d))
        let queries = [
            dice.normals(d), Array(repeating: 0, count: d), Array(keys.prefix(d)), dice.normals(d, scale: 1e-10),
            dice.normals(d, scale: 30), Array(keys[8..<16]),
        ]
        let ties = queries.map { query in query.withUnsafeBufferPointer { Membership.score($0, store.key(0)) } }
        for threads in 1...4 {
            for choice in [IndexChoice.fixed(.quantised), .fixed(.tree), .fixed(.boxes), .auto] {
                let layer = try layer([store], queries.count, threads: threads, choice)
                try layer.attend(
                    queries, activation: .relu(alpha: 2), thresholds: ties.map { ChosenThreshold(value: $0) })
                layer.attendDensely(queries, activation: .relu(alpha: 2), thresholds: ties)
                for (h, query) in queries.enumerated() {
                    let report = Report()
                    guard let found = try layer.list(h, into: report) else { continue }
                    let check = SetCheck(found, of: query, report: report, store: store)
                    #expect(check.missed == 0 && check.extra == 0)
                    let referee = Referee(store: store)
                    referee.attend(query, activation: .relu(alpha: 2), threshold: ties[h])
                    for outcome in [layer.outcome(of: h), layer.denseOutcome(of: h)] {
                        #expect(AttentionError(outcome.output, against: referee.output).relative < 1e-4)
                    }
                }
            }
        }
    }

    /// Rows that come step by step reach every head of the set.
    @Test func appendedRowsAreFound() throws {
        var dice = Dice(143)
        let stores = (0..<2).map { _ in
            let store = KeyValueStore(dimension: 6, valueDimension: 6, capacity: 1200)
            try? store.append(keys: dice.normals(600 * 6), values: dice.normals(600 * 6))
            return store
        }
        let layer = try layer(stores, 4, threads: 3, .fixed(.tree))
        for head in layer.keyHeads { head.index?.waitsForMerges = true }
        for _ in 0..<500 {
            try layer.append(
                keys: stores.map { _ in dice.normals(6) }, values: stores.map { _ in dice.normals(6) })
        }
        let queries = (0..<4).map { _ in dice.normals(6, scale: 2) }
        let chosen = thresholds(queries, layer, ThresholdSettings(), .relu(alpha: 1))
        try layer.attend(queries, activation: .relu(alpha: 1), thresholds: chosen)
        layer.attendDensely(queries, activation: .relu(alpha: 1), thresholds: chosen.map(\.value))
        for (h, query) in queries.enumerated() {
            #expect(layer.heads[h].store.count == 1100)
            try check(layer, h, query, .relu(alpha: 1))
        }
        #expect(throws: NonFiniteEntry.self) {
            try layer.append(
                keys: [[.nan, 0, 0, 0, 0, 0], dice.normals(6)], values: stores.map { _ in dice.normals(6) })
        }
    }

    /// Two threads ask one index, each through a plan of its own, and never disturb each other.
    @Test func headsThatShareAnIndexAreAskedSideBySide() throws {
        var dice = Dice(144)
        let store = dice.store(n: 6000, d: 32, dv: 32)
        let alone = try layer([store], 4, threads: 1, .fixed(.quantised))
        let beside = try layer([store], 4, threads: 4, .fixed(.quantised))
        for _ in 0..<60 {
            let queries = (0..<4).map { _ in dice.normals(32) }
            let chosen = thresholds(queries, alone, ThresholdSettings(), .relu(alpha: 1))
            try alone.attend(queries, activation: .relu(alpha: 1), thresholds: chosen)
            try beside.attend(queries, activation: .relu(alpha: 1), thresholds: chosen)
            for h in 0..<4 { #expect(alone.outcome(of: h).output == beside.outcome(of: h).output) }
        }
    }
}

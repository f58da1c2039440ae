import Testing

@testable import Attention
@testable import HalfSpace

/// Heads of a group whose queries are looked for in one reading: each finds exactly what it finds alone.
@Suite struct SharedLookTests {
    private static let activations: [(Activation, ThresholdRule)] = [
        (.relu(alpha: 1), .calibrated), (.relu(alpha: 3), .calibrated), (.softmax, .calibrated), (.softmax, .count),
        (.entmax(alpha: 1.5), .calibrated), (.entmax(alpha: 2), .calibrated),
    ]
    private static let formats = [NumberFormat.float32, .float16, .bfloat16]

    /// Keys among which many are the same, some tiny and some long, if they are `awkward`.
    private func keys(_ n: Int, _ d: Int, awkward: Bool, _ dice: inout Dice) -> [Float] {
        var keys: [Float] = []
        for row in 0..<n {
            var key = dice.normals(d)
            if awkward, row > 0, row % 3 == 0 { key = Array(keys.prefix(d)) }
            if awkward, row % 7 == 1 { key = key.map { $0 * 1e-20 } }
            if awkward, row % 11 == 2 { key = key.map { $0 * 20 } }
            keys += key
        }
        return keys
    }

    private func layer(_ keys: [Float], _ values: [Float], d: Int, heads: Int, _ format: NumberFormat) throws
        -> LayerAttention
    {
        let n = keys.count / d
        let store = KeyValueStore(dimension: d, valueDimension: d, capacity: n + 300, format: format)
        try store.append(keys: keys, values: values)
        let layer = LayerAttention([store], heads: heads, threads: 1)
        try layer.buildIndexes(.fixed(.quantised), hints: [QueryHints(expectedShare: 0.1)])
        for head in layer.keyHeads { head.index?.waitsForMerges = true }
        return layer
    }

    @Test(arguments: KernelLevel.served()) func headsOfAGroupFindWhatTheyFindAlone(_ level: KernelLevel) throws {
        try KernelLevel.during(level.number) {
            var saved = Array(repeating: 0, count: Self.activations.count)
            // Every group at some levels, every level with some groups.
            for group in 2...8 where (group + Int(level.number)) % 3 != 0 {
                let (d, format) = ([16, 40, 24, 64][group % 4], Self.formats[group % 3])
                try compare(group: group, d: d, format, awkward: group % 2 == 1, &saved)
            }
            for (bytes, (activation, rule)) in zip(saved, Self.activations) {
                #expect(bytes > 0, "\(activation), \(rule): codes were read for each head")
            }
        }
    }

    /// Adds the bytes that were not read to those of the activation.
    private func compare(group: Int, d: Int, _ format: NumberFormat, awkward: Bool, _ saved: inout [Int]) throws {
        var dice = Dice(UInt64(100 * group + d))
        let n = 600
        let (keys, values) = (keys(n, d, awkward: awkward, &dice), dice.normals(n * d))
        let shared = try layer(keys, values, d: d, heads: group, format)
        let alone = try (0..<group).map { _ in try layer(keys, values, d: d, heads: 1, format) }
        for (number, (activation, rule)) in Self.activations.enumerated() {
            let chooser = ThresholdChooser(settings: ThresholdSettings(rule: rule), activation: activation)
            // The first steps find their thresholds; what they remember is looked for in those that follow, and fails in the last.
            for step in 0..<4 {
                var queries = (0..<group).map { _ in dice.normals(d, scale: step == 3 ? 0.2 : 1.5) }
                if step == 2 { queries[0] = Array(keys.prefix(d)) }
                if step == 2, group > 4 { queries[1] = Array(repeating: 0, count: d) }
                let chosen = queries.indices.map { chooser.choose(queries[$0], over: shared.heads[$0].statistics) }
                try shared.attend(queries, activation: activation, thresholds: chosen)
                for h in 0..<group {
                    try alone[h].attend([queries[h]], activation: activation, thresholds: [chosen[h]])
                    let (ours, other) = (shared.outcome(of: h), alone[h].outcome(of: 0))
                    let place = "\(activation), \(rule), group \(group), step \(step), head \(h)"
                    #expect(ours.threshold == other.threshold && ours.reported == other.reported, "\(place)")
                    #expect(ours.output == other.output, "\(place)")
                    saved[number] += alone[h].finding(of: 0)?.work.bytesRead ?? 0
                    saved[number] -= shared.finding(of: h)?.work.bytesRead ?? 0
                    if step >= 2 { try check(shared, h, queries[h], activation, place) }
                }
                let (key, value) = (dice.normals(d), dice.normals(d))
                for layer in [shared] + alone { try layer.append(keys: [key], values: [value]) }
            }
        }
    }

    /// The set is that of the definition.
    private func check(_ layer: LayerAttention, _ h: Int, _ query: [Float], _ activation: Activation, _ place: String)
        throws
    {
        let report = Report()
        let found = try #require(try layer.list(h, into: report))
        let check = SetCheck(found, of: query, report: report, store: layer.heads[h].store)
        #expect(check.missed == 0 && check.extra == 0, "\(place)")
    }

    /// More heads than are looked for at once.
    @Test func whatThereIsNoRoomForIsFoundAlone() throws {
        var dice = Dice(9)
        let (n, d, group) = (600, 16, 10)
        let shared = try layer(dice.normals(n * d), dice.normals(n * d), d: d, heads: group, .float32)
        let queries = (0..<group).map { _ in dice.normals(d) }
        let chosen = queries.indices.map { ChosenThreshold(value: $0 == 3 ? -50 : 0.4) }
        try shared.attend(queries, activation: .relu(alpha: 1), thresholds: chosen)
        for (h, query) in queries.enumerated() {
            let half = try Query(query, threshold: chosen[h].value)
            let count = Membership.positions(of: half, in: shared.heads[0].store).count
            #expect(shared.outcome(of: h).reported == count)
        }
    }
}

import Assets
import Testing
import Workload

@testable import Attention
@testable import HalfSpace

/// `auto` against every fixed index over groups of heads that share keys, by what each step of a layer was counted to do: no clock.
@Suite struct GroupCountsTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let format: NumberFormat
        let heads, sets: Int
        /// Heads of a real model instead of normal keys.
        let isReal: Bool
        var testDescription: String { "\(heads) heads over \(sets), \(format.rawValue)\(isReal ? ", real keys" : "")" }
    }

    static let cases: [Case] = [
        Case(format: .float32, heads: 4, sets: 1, isReal: false),
        Case(format: .float16, heads: 4, sets: 1, isReal: true),
        Case(format: .bfloat16, heads: 4, sets: 1, isReal: false),
        Case(format: .float16, heads: 8, sets: 2, isReal: false),
    ]

    private static let activations: [(Activation, ThresholdRule)] = [
        (.relu(alpha: 1), .calibrated), (.softmax, .calibrated), (.softmax, .count), (.entmax(alpha: 1.5), .calibrated),
    ]
    private static let (n, foreseen, settling, counted) = (2048, 2, 5, 3)

    /// Keys of each set, and the queries of all heads, step by step.
    private func data(_ c: Case) throws -> (stores: [KeyValueStore], steps: [[[Float]]]) {
        let (count, group) = (Self.foreseen + Self.settling + Self.counted, c.heads / c.sets)
        var stores: [KeyValueStore] = []
        var steps = Array(repeating: [[Float]](), count: count)
        for set in 0..<c.sets {
            if c.isReal {
                let path = Assets.traces.appendingPathComponent("smollm2-holmes-4096.safetensors").path
                let workload = try WorkloadRequest(kind: .trace, n: Self.n, tracePath: path, head: set).make()
                let store = KeyValueStore(
                    dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: Self.n,
                    format: c.format)
                try workload.fillPrompt(of: store, progress: { _ in })
                stores.append(store)
                for i in 0..<count * group { steps[i / group].append(try workload.step(i * 8, sequence: 0).query) }
            } else {
                var dice = Dice(UInt64(set + 1))
                let d = 32
                let store = KeyValueStore(dimension: d, valueDimension: d, capacity: Self.n, format: c.format)
                try store.append(keys: dice.normals(Self.n * d), values: dice.normals(Self.n * d))
                stores.append(store)
                for i in 0..<count * group { steps[i / group].append(dice.normals(d)) }
            }
        }
        return (stores, steps)
    }

    /// What a step of a head is counted to do through an index, on the mean; of a group that reads all keys what naive does.
    private func work(
        _ choice: IndexChoice, _ c: Case, _ activation: Activation, _ hints: [QueryHints],
        over stores: [KeyValueStore], _ steps: [[[Float]]], _ chooser: ThresholdChooser
    ) throws -> [(kind: IndexKind, isDense: Bool, work: StepWork)] {
        let layer = LayerAttention(stores, heads: c.heads, threads: 1)
        try layer.buildIndexes(choice, hints: hints)
        var found = Array(repeating: (work: Work(), reported: 0, heads: 0), count: c.sets)
        for (number, queries) in steps.dropFirst(Self.foreseen).enumerated() {
            let chosen = queries.indices.map { chooser.choose(queries[$0], over: layer.heads[$0].statistics) }
            try layer.attend(queries, activation: activation, thresholds: chosen)
            for h in 0..<c.heads where number >= Self.settling {
                guard let finding = layer.finding(of: h) else { continue }
                found[h / layer.group].work += finding.work
                found[h / layer.group].reported += finding.count ?? 0
                found[h / layer.group].heads += 1
            }
        }
        return try layer.keyHeads.enumerated().map { set, head in
            let index = try #require(head.index)
            let kind = index.statistics.kind
            var shape = StepShape(of: stores[set], hints: layer.shared(hints[set], by: set))
            let (counted, reported, heads) = found[set]
            guard heads > 0 else { return (kind, true, try #require(StepWork.readingAll(shape))) }
            shape.members = Double(reported) / Double(heads)
            // Counts of a step are those of the head: what it shared is divided already.
            let together = shape.looks
            shape.looks = 1
            var counts = QueryCounts(
                counted, queries: heads, of: kind, d: shape.d, dv: shape.dv, format: shape.format)
            counts.bytes = max(0, counts.bytes - shape.members * Double(shape.format.bytes * shape.dv))
            // Where b is known beforehand every step looks ahead; others do where they remember enough.
            if kind == .quantised, chooser.settings.rule == .calibrated, activation.name != "entmax" {
                let codes = Double(index.statistics.bytes) / Double(together)
                #expect(counts.bytes < 1.1 * codes, "\(activation): codes are read once for \(together) heads")
            }
            return (kind, false, kind.work(of: counts, in: shape))
        }
    }

    @Test(arguments: cases) func autoCountsNoMoreThanAnyOther(_ c: Case) throws {
        let (stores, steps) = try data(c)
        for (activation, rule) in Self.activations {
            let chooser = ThresholdChooser(settings: ThresholdSettings(rule: rule), activation: activation)
            let group = c.heads / c.sets
            let hints = stores.indices.map { set in
                let queries = steps.prefix(Self.foreseen).flatMap { $0[set * group..<(set + 1) * group] }
                var hints = QueryHints(
                    chooser, queries: queries, statistics: KeyStatistics(of: stores[set], rows: 0..<Self.n),
                    store: stores[set])
                hints.queries = queries
                hints.sharing = group
                return hints
            }
            func all(_ choice: IndexChoice) throws -> [(kind: IndexKind, isDense: Bool, work: StepWork)] {
                try work(choice, c, activation, hints, over: stores, steps, chooser)
            }
            let auto = try all(.auto)
            let kinds = IndexKind.allCases.filter { kind in
                stores.indices.allSatisfy { kind.type.pays(StepShape(of: stores[$0], hints: hints[$0])) }
            }
            let others = try kinds.compactMap { kind in try? all(.fixed(kind)) }
            for set in stores.indices {
                let shape = StepShape(of: stores[set], hints: hints[set])
                let (chosen, place) = (auto[set], "\(activation), \(rule), set \(set): \(auto[set].kind.rawValue)")
                for state in MachineCosts.State.allCases {
                    func time(_ work: StepWork) -> Double { MachineCosts.assumed.microseconds(of: work, state) }
                    let rival = try #require(StepWork.readingAll(shape))
                    #expect(time(chosen.work) <= time(rival) / 0.97, "\(place) loses to naive, \(state)")
                    guard state == .cold else { continue }
                    for other in others.map({ $0[set] }) {
                        #expect(
                            time(chosen.work) <= 1.2 / 0.9 * time(other.work) / other.kind.type.patience,
                            "\(place) is not \(other.kind.rawValue)")
                    }
                }
            }
        }
    }
}

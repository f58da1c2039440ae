import Assets
import HalfSpace
import Testing
import Workload

@testable import Attention

/// Attention over keys and values in half precision: every index against the definition on what is stored, and naive beside it. Kernels
/// are compared at every level of instructions in KernelTests.
@Suite struct HalfPrecisionTests {
    private static let kinds = IndexKind.allCases.map(IndexChoice.fixed) + [.auto]

    /// Asks for sets at thresholds that are a stored key's score and right beside it, and for outputs.
    private func check(
        _ store: KeyValueStore, _ queries: [[Float]], choice: IndexChoice, grow: ([Float], [Float])? = nil
    ) throws {
        let index: ReportingIndex
        do {
            index = try ReportingIndex(store: store, choice: choice)
        } catch is IndexCannotServe {
            return
        }
        if let (keys, values) = grow {
            try store.append(keys: keys, values: values)
            index.extend()
        }
        let (sparse, dense, referee) = (
            SparseAttention(index: index), DenseAttention(store: store), Referee(store: store)
        )
        let (output, report) = (AttentionOutput(valueDimension: store.valueDimension), Report())
        for query in queries {
            let scores = query.withUnsafeBufferPointer { q in
                (0..<store.count).map { Membership.score(q, store.key($0)) }
            }
            let sorted = scores.sorted(by: >)
            for b in [sorted[store.count / 20], sorted[store.count / 3].nextUp] {
                index.report(try Query(query, threshold: b), into: report)
                #expect(report.positions.sorted() == scores.indices.filter { scores[$0] >= b }.map(UInt32.init))
                let chosen = ChosenThreshold(value: b)
                for activation in [Activation.relu(alpha: 1), .softmax] {
                    let found = try sparse.attend(query, activation: activation, threshold: chosen, into: output)
                    #expect(SetCheck(found, of: query, report: report, store: store).missed == 0)
                    referee.attend(query, activation: activation, threshold: b, over: .reported)
                    #expect(referee.error(of: output).relative < 1e-4, "\(choice.name) \(activation) \(store.format)")
                    dense.attend(query, activation: activation, threshold: b, into: output)
                    referee.attend(query, activation: activation, threshold: b, over: .all)
                    #expect(referee.error(of: output).relative < 1e-4, "naive \(activation) \(store.format)")
                }
            }
            let r = store.count / 10
            let found = try sparse.attend(
                query, activation: .softmax, threshold: ChosenThreshold(value: 0, keepLargest: r), into: output)
            #expect(found.threshold == sorted[r - 1])
            let entmax = try sparse.attend(
                query, activation: .entmax(alpha: 1.5), threshold: ChosenThreshold(value: 0), into: output)
            referee.attend(query, activation: .entmax(alpha: 1.5), threshold: entmax.threshold)
            #expect(referee.error(of: output).relative < 1e-4)
        }
    }

    private func store(_ keys: [Float], d: Int, dv: Int, room: Int, _ format: NumberFormat) throws -> KeyValueStore {
        var dice = Dice(7)
        let store = KeyValueStore(
            dimension: d, valueDimension: dv, capacity: keys.count / d + room, format: format)
        try store.append(keys: keys, values: dice.normals(keys.count / d * dv))
        return store
    }

    @Test(arguments: [1, 3, 6, 17, 64], [NumberFormat.bfloat16, .float16])
    func everyIndexIsExact(d: Int, format: NumberFormat) throws {
        var dice = Dice(UInt64(d))
        // Normal keys; keys so near each other that rounding makes most of them equal; keys of which half are tiny.
        let (normal, near) = (dice.normals(260 * d), dice.normals(d))
        let sets = [
            normal, (0..<260 * d).map { near[$0 % d] * (1 + 0x1p-9 * normal[$0]) },
            (0..<260 * d).map { normal[$0] * ($0 / d % 2 == 0 ? 1 : 1e-6) },
        ]
        let queries = [dice.normals(d)]
        for (i, keys) in sets.enumerated() {
            for choice in Self.kinds {
                let store = try store(keys, d: d, dv: i == 1 ? 20 : 5, room: 40, format)
                let more = (Array(keys[..<(40 * d)]), dice.normals(40 * (i == 1 ? 20 : 5)))
                try check(store, queries, choice: choice, grow: more)
            }
        }
    }

    /// Rounding makes many keys equal; all of them are in where one is.
    @Test func tiesOfRoundingAreIn() throws {
        var dice = Dice(3)
        let key = dice.normals(32)
        let keys = (0..<400).flatMap { i in key.map { $0 * (1 + Float(i) * 0x1p-24) } }
        for choice in Self.kinds {
            let store = try store(keys, d: 32, dv: 4, room: 0, .bfloat16)
            let index = try? ReportingIndex(store: store, choice: choice)
            guard let index else { continue }
            let query = dice.normals(32)
            let b = query.withUnsafeBufferPointer { Membership.score($0, store.key(0)) }
            let report = Report()
            index.report(try Query(query, threshold: b), into: report)
            let equal = (0..<400).count { Array(store.key($0)) == Array(store.key(0)) }
            #expect(equal > 100 && report.count >= equal)
        }
    }

    @Test(
        arguments: [NumberFormat.bfloat16, .float16], ["minilm-layer1.safetensors", "smollm2-holmes-4096.safetensors"])
    func realKeys(format: NumberFormat, trace: String) throws {
        let path = Assets.traces.appendingPathComponent(trace).path
        let workload = try WorkloadRequest(kind: .trace, n: 1000, tracePath: path, head: 1).make()
        let queries = try (0..<1).map { try workload.step($0, sequence: 0).query }
        for choice in Self.kinds {
            let store = KeyValueStore(
                dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: workload.promptLength,
                format: format)
            try workload.fillPrompt(of: store, progress: { _ in })
            try check(store, queries, choice: choice)
        }
    }
}

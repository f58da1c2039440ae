import Attention
import HalfSpace
import Testing
import Workload

@testable import Simulation

/// A session over all heads of a layer.
@Suite struct LayerSessionTests {
    private func settings(
        _ heads: Int = 6, _ keyHeads: Int = 2, head: Int? = nil, n: Int = 300, index: IndexChoice = .fixed(.tree)
    ) throws -> Settings {
        var settings = Settings()
        settings.request = WorkloadRequest(kind: .massive, seed: 3, n: n, d: 4, head: head)
        settings.request.shape = try LayerShape(heads: heads, keyHeads: keyHeads)
        settings.index = index
        return settings
    }

    /// The step of every head is that of a session of this head alone, on 1 to 4 threads; sets and errors are told.
    @Test(arguments: 1...4) func everyHeadIsThatOfASessionAlone(threads: Int) throws {
        let layer = try DecodeSession(settings: settings(head: 4), threads: threads)
        layer.isRepeatable = true
        var outcomes: [DecodeSession.Outcome] = []
        for _ in 0..<3 { outcomes.append(try layer.decode()) }
        let record = try #require(outcomes[2].record.layer)
        #expect(record.shape.heads == 6 && record.shown == 4 && record.threads == threads)
        #expect(record.missed == 0 && record.extra == 0)
        #expect(record.seconds.count == 6 && record.naiveSeconds.count == 6)
        #expect((record.maxAbsError ?? 1) < 1e-5)
        for head in [0, 2, 3, 5] {
            let workload = try #require(try settings(head: head).request.make() as? LayerWorkload)
            let store = KeyValueStore(dimension: 4, valueDimension: 4, capacity: 400)
            try workload.fillPrompt(of: store, progress: { _ in })
            var query: [Float] = []
            for step in 0..<3 {
                let input = try workload.step(step, sequence: 0)
                query = input.query
                try store.append(keys: input.key ?? [], values: input.value ?? [])
            }
            let b = ThresholdChooser(settings: ThresholdSettings(), activation: .relu(alpha: 1))
                .choose(query, over: KeyStatistics(of: store, rows: 0..<store.count)).value
            let members = (0..<store.count).count { row in
                query.withUnsafeBufferPointer { Membership.score($0, store.key(row)) >= b }
            }
            #expect(record.reported[head] == members)
        }
        #expect(outcomes[2].record.missed == 0 && outcomes[2].record.extra == 0)
        #expect(outcomes[2].record.reported == record.reported[4])
        #expect(outcomes[2].heat?.positions.count == record.reported[4])
    }

    /// Another head of the same layer takes over keys and indexes, and starts where the first did.
    @Test func anotherHeadTakesOver() throws {
        let first = try DecodeSession(settings: settings(head: 0), threads: 2)
        first.isRepeatable = true
        let before = try first.decode()
        _ = try first.decode()
        let layer = try #require(first.layer)
        let second = try DecodeSession(settings: settings(head: 5), reusing: first.surrenderPrompt(), threads: 2)
        #expect(second.layer === layer && second.store === layer.attention.heads[5].store)
        let after = try second.decode()
        #expect(after.record.n == 301 && after.record.layer?.reported == before.record.layer?.reported)
        #expect(after.record.reported == before.record.layer?.reported[5])
        // Another index is built over the same keys.
        let other = try DecodeSession(
            settings: settings(head: 5, index: .fixed(.quantised)), reusing: second.surrenderPrompt(), threads: 2)
        #expect(other.layer !== layer && other.store === layer.attention.heads[5].store)
        #expect(try other.decode().record.layer?.reported == after.record.layer?.reported)
    }

    /// A sequence that is full starts anew with the keys of another, in every head.
    @Test func sequencesStartAnew() throws {
        let session = try DecodeSession(settings: settings(4, 4, n: 20), threads: 2)
        session.isRepeatable = true
        var records: [StepRecord] = []
        for _ in 0..<23 { records.append(try session.decode().record) }
        #expect(records[19].n == 40 && records[20].n == 21 && records[20].sequence == 1)
        #expect(records.allSatisfy { $0.layer?.missed == 0 && $0.layer?.extra == 0 })
    }

    /// Softmax over a budget, and entmax: every head is exact, whoever reads everything.
    @Test(arguments: [Activation.softmax, .entmax(alpha: 1.5), .relu(alpha: 2)], [IndexChoice.auto, .fixed(.boxes)])
    func activations(activation: Activation, index: IndexChoice) throws {
        var settings = try settings(4, 2, n: 500, index: index)
        settings.activation = activation
        if activation == .softmax { settings.threshold.rule = .count }
        let session = try DecodeSession(settings: settings, threads: 3)
        for _ in 0..<2 {
            let record = try session.decode().record
            #expect(record.missed == 0 && record.extra == 0)
            #expect(record.layer?.missed == 0 && record.layer?.extra == 0)
            if activation != .softmax { #expect((record.layer?.maxAbsError ?? 1) < 1e-4) }
            #expect((record.naiveAbsError ?? 1) < 1e-4)
        }
    }

    @Test func recordsHaveAColumnAHead() throws {
        let stream = try HeadlessStream(settings: settings(), threads: 2) { _, _ in }
        let names = stream.columns.suffix(10)
        #expect(
            Array(names) == [
                "heads", "kv_heads", "head", "threads", "heads_reported", "heads_hsr_ns", "heads_naive_ns",
                "heads_missed", "heads_extra", "heads_max_abs_error",
            ])
        let fields = try stream.next().fields
        #expect(fields.map(\.name) == stream.columns)
        guard case .list(let reported) = fields.first(where: { $0.name == "heads_reported" })?.value else {
            Issue.record("no list of heads")
            return
        }
        #expect(reported.count == 6)
    }

    @Test func whatCannotBeServedIsRefused() throws {
        var error = try settings()
        error.activation = .softmax
        error.threshold.rule = .error
        #expect(throws: SettingsError.self) { try error.validate() }
        #expect(throws: SettingsError.self) { try settings(head: 6).validate() }
        #expect(throws: SettingsError.self) { try settings(256, 256, n: 1 << 28).validate() }
        try settings(head: 5).validate()
    }
}

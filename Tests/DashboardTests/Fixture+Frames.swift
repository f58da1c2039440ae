import Attention
import HalfSpace
import Simulation

@testable import Dashboard

/// Looks at single steps, with invented figures, but for the accuracy: its curves are computed from a few keys.
extension Fixture {
    static func framed() throws -> Snapshot {
        var snapshot = standard
        snapshot.accuracy = try accuracy()
        snapshot.levels = LevelsFrame(
            step: 299, kind: .tree,
            levels: [
                .init(nodes: 8, visited: 8, pruned: 1, whole: 0),
                .init(nodes: 128, visited: 112, pruned: 62, whole: 2),
                .init(nodes: 2048, visited: 768, pruned: 540, whole: 30, tested: 6336),
            ], cost: .init(index: 2e-6, verify: 3e-6, values: 5e-6), keys: 65_836, keyBytes: 1_053_376,
            reported: 1480, work: work(visited: 888, pruned: 603, candidates: 6336, wholeKeys: 960))
        snapshot.levels?.allowedSeconds = 6e-6
        snapshot.parts = PartsFrame(
            parts: [
                .init(
                    kind: .tree, initSeconds: 0.0429, bytes: 2_640_000,
                    query: Spread(low: 9e-6, median: 9.7e-6, high: 12e-6), breakEven: 1940),
                .init(kind: .net, refusal: "the net index cannot serve here: d is 64"),
            ], naive: Spread(low: 30e-6, median: 31.8e-6, high: 40e-6), n: 65_536, queries: 40)
        snapshot.plannerLog = [
            "step 1: tree 19, quantised 65, dense 103 µs a step predicted",
            "step 120: quantised 71, tree 88, dense 103 µs a step predicted",
        ]
        snapshot.prefill = prefill()
        snapshot.policies = policies()
        return snapshot
    }

    /// An index without levels: codes of every key, then float32 of the few that they leave.
    static func flat(_ kind: IndexKind) -> Snapshot {
        var snapshot = standard
        snapshot.statistics?.kind = kind
        let isCoded = kind != .brute
        let work =
            isCoded
            ? work(visited: 256, pruned: 31, candidates: 5120, bytesRead: 196_608)
            : work(candidates: 65_836, bytesRead: 1_053_376)
        snapshot.levels = LevelsFrame(
            step: 299, kind: kind, levels: [.init(nodes: work.visited, visited: work.visited, pruned: 31, whole: 0)],
            cost: .init(index: 2e-6, verify: 3e-6, values: 5e-6), keys: 65_836, keyBytes: 1_053_376, reported: 1480,
            work: work)
        return snapshot
    }

    private static func work(
        visited: Int = 0, pruned: Int = 0, candidates: Int, wholeKeys: Int = 0, bytesRead: Int = 0
    ) -> Work {
        var work = Work()
        (work.visited, work.pruned, work.candidates) = (visited, pruned, candidates)
        (work.wholeKeys, work.bytesRead) = (wholeKeys, bytesRead)
        return work
    }

    static func worded() -> Snapshot {
        var snapshot = standard
        snapshot.caption = "layer 1, head 0 (the model's 8)"
        snapshot.queryWord = "king"
        snapshot.attended = ["crown", "the", "of", "throne", "duke", "my", "lord"].enumerated().map {
            .init(position: $0 * 17, word: $1, share: 0.32 / Float($0 + 1))
        }
        return snapshot
    }

    private static func accuracy() throws -> AccuracyFrame {
        var random = Random(state: 3)
        let store = KeyValueStore(dimension: 4, valueDimension: 2, capacity: 600)
        func row(_ length: Int) -> [Float] { (0..<length).map { _ in Float(random.next() * 4 - 2) } }
        for _ in 0..<600 { try store.append(keys: row(4), values: row(2)) }
        let curves = (0..<5).map { _ in
            AccuracyCurve(row(4), store: store, kept: [1, 3, 10, 30, 100, 300, 600], valueNorm: 2)
        }
        return AccuracyFrame(newest: curves[4], step: 299, n: 600, recent: curves)
    }

    private static func prefill() -> PrefillFrame {
        var frame = PrefillFrame(phase: .running, queries: 8192, keys: 8192, isCausal: false, rows: 16, columns: 32)
        frame.done = 6144
        frame.initSeconds = 0.16
        frame.hsrSeconds = 1.26
        frame.naiveSeconds = 3.86
        frame.naiveDone = 4096
        frame.naiveIsEstimated = true
        frame.reported = 1_500_000
        frame.maxAbsError = 1e-6
        frame.method = "tree"
        frame.reason = "3.9 times as fast as dense blocks on a sample of rows"
        for row in 0..<12 {
            for column in 0..<32 {
                frame.shares[row * 32 + column] = (column + row / 4) % 5 == 0 ? 0.4 : column % 7 == 0 ? 0.01 : 0
            }
        }
        return frame
    }
}

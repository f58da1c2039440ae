import Assets
import HalfSpace
import Workload

@testable import Policies

/// Keys, values and queries to try policies on.
struct Cache {
    var dimension: Int
    var keys: [[Float]]
    var values: [[Float]]
    var queries: [[Float]]

    var count: Int { keys.count }

    /// Random keys of some size.
    init(n: Int, d: Int = 8, dv: Int = 4, queries: Int = 6, scale: Float = 1, seed: UInt64 = 1) {
        var random = SplitMix(seed: seed)
        func vector(_ length: Int, _ scale: Float) -> [Float] {
            (0..<length).map { _ in scale * Float(random.normal()) }
        }
        dimension = d
        keys = (0..<n).map { _ in vector(d, scale) }
        values = (0..<n).map { _ in vector(dv, 1) }
        self.queries = (0..<queries).map { _ in vector(d, 2) }
    }

    /// Keys of a bundled trace.
    init(trace: String, head: Int = 0, n: Int, queries: Int) throws {
        let path = Assets.traces.appendingPathComponent("\(trace).safetensors").path
        let workload = try TraceWorkload(path: path, head: head, n: n)
        let store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: workload.promptLength)
        try workload.fillPrompt(of: store) { _ in }
        dimension = workload.dimension
        keys = (0..<store.count).map { Array(store.key($0)) }
        values = (0..<store.count).map { Array(store.value($0)) }
        self.queries = try (0..<queries).map { try workload.step($0, sequence: 0).query }
    }

    /// A store with the first so many rows, and room for the others.
    func store(_ rows: Int? = nil) throws -> KeyValueStore {
        let store = KeyValueStore(
            dimension: dimension, valueDimension: values.first?.count ?? 1, capacity: max(1, count))
        for row in 0..<(rows ?? count) { try store.append(keys: keys[row], values: values[row]) }
        return store
    }

    static func real() throws -> [Cache] {
        [
            try Cache(trace: "minilm-layer1", n: 260, queries: 2),
            try Cache(trace: "smollm2-holmes-4096", head: 2, n: 200, queries: 2),
        ]
    }
}

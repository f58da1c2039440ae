import HalfSpace
import Workload

/// A workload as the tables read it.
public struct WorkloadSource: EvaluationSource {
    public let name: String
    public let seed: UInt64
    public let fixedDimension: Int?
    public let mostKeys: Int?
    public let heads: [Int]
    public let options: [String]
    public let tokens: Int?
    private let request: WorkloadRequest

    /// - Parameter head: the head that every table reads; nil: all of them, or the first where a table says so.
    /// - Throws: `WorkloadError` where the trace cannot be read.
    public init(kind: WorkloadKind, seed: UInt64, path: String?, layer: Int?, head: Int? = nil) throws {
        request = WorkloadRequest(kind: kind, seed: seed, tracePath: path, layer: layer, head: head)
        self.seed = seed
        name = kind.rawValue
        guard kind == .trace else {
            (fixedDimension, mostKeys, heads, tokens) = (nil, nil, [0], nil)
            options = ["--workload", name, "--seed", String(seed)]
            return
        }
        let trace = try request.make()
        (fixedDimension, mostKeys) = (trace.dimension, trace.promptLength)
        tokens = trace.stepsPerSequence.map { trace.promptLength + $0 }
        heads = head.map { [$0] } ?? Array(0..<trace.heads)
        options =
            (path.map { ["--trace", $0] } ?? []) + (layer.map { ["--layer", String($0)] } ?? [])
            + (head.map { ["--head", String($0)] } ?? [])
    }

    /// A head of it, or the made keys of a dimension.
    func workload(n: Int?, d: Int, head: Int) throws -> any Workload {
        var request = request
        request.n = n
        if fixedDimension == nil { request.d = d } else { request.head = head }
        return try request.make()
    }

    public func data(n: Int, d: Int, queries: Int, head: Int, room: Int) throws -> EvaluationData {
        let workload = try workload(n: n, d: d, head: head)
        let store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension,
            capacity: workload.promptLength + room)
        try workload.fillPrompt(of: store, progress: { _ in })
        let steps = max(1, workload.stepsPerSequence ?? .max)
        let made = try (0..<queries).map { try workload.step($0 % steps, sequence: $0 / steps).query }
        return EvaluationData(label: workload.caption ?? name, store: store, queries: made)
    }
}

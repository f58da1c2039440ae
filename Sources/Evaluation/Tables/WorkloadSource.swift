import HalfSpace
import Workload

/// A workload as the tables read it.
public struct WorkloadSource: EvaluationSource {
    public let name: String
    public let seed: UInt64
    public let fixedDimension: Int?
    public let mostKeys: Int?
    public let heads: Int
    private let request: WorkloadRequest

    /// - Throws: `WorkloadError` where the trace cannot be read.
    public init(kind: WorkloadKind, seed: UInt64, path: String?, layer: Int?) throws {
        request = WorkloadRequest(kind: kind, seed: seed, tracePath: path, layer: layer)
        self.seed = seed
        name = kind.rawValue
        guard kind == .trace else {
            (fixedDimension, mostKeys, heads) = (nil, nil, 1)
            return
        }
        let trace = try request.make()
        (fixedDimension, mostKeys, heads) = (trace.dimension, trace.promptLength, trace.heads)
    }

    public func data(n: Int, d: Int, queries: Int, head: Int, room: Int) throws -> EvaluationData {
        var request = request
        request.n = n
        if fixedDimension == nil { request.d = d } else { request.head = head }
        let workload = try request.make()
        let store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension,
            capacity: workload.promptLength + room)
        try workload.fillPrompt(of: store, progress: { _ in })
        let steps = max(1, workload.stepsPerSequence ?? .max)
        let made = try (0..<queries).map { try workload.step($0 % steps, sequence: $0 / steps).query }
        return EvaluationData(label: workload.caption ?? name, store: store, queries: made)
    }
}

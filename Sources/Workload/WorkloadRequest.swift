/// Which workload is wanted; nil takes the default, or what the trace has.
public struct WorkloadRequest: Sendable, Equatable, Codable {
    public static let defaultLength = 65_536
    public static let defaultDimension = 4

    public var kind: WorkloadKind
    public var seed: UInt64
    /// Keys at the start; nil: 65 536, or all that a trace has.
    public var n: Int?
    /// Head dimension; nil: 4, or the trace's.
    public var d: Int?
    /// What the scores of `massive` are divided by: above 1 attention is more diffuse, below 1 sharper.
    public var temperature: Double
    /// The dimensions of the subspace in which keys of `massive` lie but for a little noise; nil: they fill the space.
    public var rank: Int?
    /// The safetensors file of `trace`.
    public var tracePath: String?
    /// The number in the tensors' names; nil takes the lowest.
    public var layer: Int?
    /// The position in the query tensor, or the head of a made layer that is seen; nil takes the first.
    public var head: Int?
    /// The heads of a layer of made data; nil: one head.
    public var shape: LayerShape?
    /// How the trace is read where its file does not say so.
    public var traceOptions: TraceOptions

    public init(
        kind: WorkloadKind, seed: UInt64 = 1, n: Int? = nil, d: Int? = nil, temperature: Double = 1,
        rank: Int? = nil, tracePath: String? = nil, layer: Int? = nil, head: Int? = nil,
        traceOptions: TraceOptions = TraceOptions()
    ) {
        self.kind = kind
        self.seed = seed
        self.n = n
        self.d = d
        self.temperature = temperature
        self.rank = rank
        self.tracePath = tracePath
        self.layer = layer
        self.head = head
        self.traceOptions = traceOptions
    }

    /// Makes the workload, without its prompt: quick, whatever n is. A trace's file is opened and checked.
    /// - Throws: ``WorkloadError``.
    public func make() throws(WorkloadError) -> any Workload {
        guard let shape else { return try made(seed: seed) }
        guard kind == .gaussian || kind == .massive else { throw .headsOfTheirOwn(kind) }
        return try LayerWorkload(shape, shown: head ?? 0, seed: seed) { (seed) throws(WorkloadError) in
            try made(seed: seed)
        }
    }

    private func made(seed: UInt64) throws(WorkloadError) -> any Workload {
        switch kind {
        case .gaussian:
            return try GaussianWorkload(n: n ?? Self.defaultLength, d: d ?? Self.defaultDimension, seed: seed)
        case .massive:
            guard WorkloadLimits.temperature.contains(temperature) else { throw .temperatureOutOfRange(temperature) }
            var shape = MassiveWorkload.Shape()
            shape.logitSpread /= Float(temperature)
            shape.rank = rank
            return try MassiveWorkload(
                n: n ?? Self.defaultLength, d: d ?? Self.defaultDimension, seed: seed, shape: shape)
        case .model: throw .writesItself
        case .trace:
            guard let tracePath else { throw .noTrace }
            return try TraceWorkload(path: tracePath, layer: layer, head: head, n: n, d: d, options: traceOptions)
        }
    }
}

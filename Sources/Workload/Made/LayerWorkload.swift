import HalfSpace

/// All heads of a layer of made data: every key-value head has keys and values of its own, every query head its own queries. As a
/// workload it is what one of the heads sees.
///
/// Head 0 is the workload that the seed alone makes. The queries of the others in a group are those that the same data would
/// bring in another sequence: they drift through the same topics on paths of their own.
public struct LayerWorkload: Workload {
    public let shape: LayerShape
    /// The head whose queries and keys are seen as the workload's.
    public let shown: Int
    /// One for every key-value head.
    public let sets: [any Workload]

    /// What arrives at one decode step at all heads.
    public struct Input: Sendable {
        /// d floats of every query head.
        public var queries: [[Float]]
        /// d and dv floats of every key-value head.
        public var keys: [[Float]]
        public var values: [[Float]]
    }

    /// - Parameters:
    ///   - shown: The head that is seen.
    ///   - make: Makes the workload of a key-value head from a seed.
    /// - Throws: ``WorkloadError`` if there is no such head, or what `make` throws.
    init(
        _ shape: LayerShape, shown: Int, seed: UInt64, make: (UInt64) throws(WorkloadError) -> any Workload
    ) throws(WorkloadError) {
        guard (0..<shape.heads).contains(shown) else { throw .noSuchHeadOfLayer(shown, heads: shape.heads) }
        (self.shape, self.shown) = (shape, shown)
        var sets: [any Workload] = []
        for number in 0..<shape.keyHeads { sets.append(try make(seed &+ UInt64(number) &* Self.seedStep)) }
        self.sets = sets
    }

    /// Seeds that are typed lie nearer to each other.
    private static let seedStep: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// Sequences that a stream goes through are fewer.
    private static let sequenceStep = 1 << 40

    private var own: any Workload { sets[shown / shape.group] }
    public var dimension: Int { own.dimension }
    public var valueDimension: Int { own.valueDimension }
    public var promptLength: Int { own.promptLength }
    public var appendsKeys: Bool { own.appendsKeys }
    public var mostRows: Int? { own.mostRows }
    public var stepsPerSequence: Int? { own.stepsPerSequence }
    public var heads: Int { shape.heads }
    public var headLayers: [HeadLayer] { [HeadLayer(number: 0, heads: shape.heads)] }
    public var caption: String? {
        "head \(shown) of \(shape.heads), keys \(shown / shape.group) of \(shape.keyHeads)"
    }

    public func fillPrompt(of store: KeyValueStore, progress: BuildProgress) throws {
        try own.fillPrompt(of: store, progress: progress)
    }

    public func step(_ step: Int, sequence: Int) throws -> DecodeInput {
        var input = try own.step(step, sequence: sequence)
        input.query = try query(of: shown, step: step, sequence: sequence, first: input)
        return input
    }

    /// What arrives at every head.
    public func layerStep(_ step: Int, sequence: Int) throws -> Input {
        var all = Input(queries: [], keys: [], values: [])
        for (number, set) in sets.enumerated() {
            let first = try set.step(step, sequence: sequence)
            for head in number * shape.group..<(number + 1) * shape.group {
                all.queries.append(try query(of: head, step: step, sequence: sequence, first: first))
            }
            if let key = first.key, let value = first.value {
                all.keys.append(key)
                all.values.append(value)
            }
        }
        return all
    }

    private func query(of head: Int, step: Int, sequence: Int, first: DecodeInput) throws -> [Float] {
        let number = head % shape.group
        guard number > 0 else { return first.query }
        return try sets[head / shape.group].step(step, sequence: sequence &+ number &* Self.sequenceStep).query
    }
}

import HalfSpace

/// The paper's assumption: every entry of every query, key and value is an independent N(0, 1) number.
public struct GaussianWorkload: RowSource {
    public let dimension: Int
    public let promptLength: Int
    public var valueDimension: Int { dimension }
    public var appendsKeys: Bool { true }

    private let seed: UInt64
    private let promptKeys: CounterRandom
    private let promptValues: CounterRandom

    /// - Throws: ``WorkloadError`` if n or d is out of range.
    public init(n: Int, d: Int, seed: UInt64) throws(WorkloadError) {
        try WorkloadLimits.check(n: n, d: d)
        dimension = d
        promptLength = n
        self.seed = seed
        promptKeys = CounterRandom(seed: seed, stream: .keys)
        promptValues = CounterRandom(seed: seed, stream: .values)
    }

    public func step(_ step: Int, sequence: Int) -> DecodeInput {
        let position = promptLength + step
        return DecodeInput(
            query: CounterRandom(seed: seed, stream: .queries, sequence: sequence).normalRow(step, width: dimension),
            key: CounterRandom(seed: seed, stream: .keys, sequence: sequence).normalRow(position, width: dimension),
            value: CounterRandom(seed: seed, stream: .values, sequence: sequence)
                .normalRow(position, width: valueDimension))
    }

    func fillKeys(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
        promptKeys.fillNormal(rows, width: dimension, into: out)
    }

    func fillValues(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
        promptValues.fillNormal(rows, width: valueDimension, into: out)
    }
}

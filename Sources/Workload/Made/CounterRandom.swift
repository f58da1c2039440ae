/// Random bits addressed by a counter: number c of a stream is made without the numbers before it.
///
/// The bits are SplitMix64's output at state key + c·γ (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014), the key being a hash of seed, stream and sequence.
struct CounterRandom: Sendable {
    /// What the numbers are for; streams of one seed are independent of each other.
    enum Stream: UInt64, Sendable {
        case keys = 1
        case values, queries
        case topics, topicValues, basis, runs, drift, words
    }

    private let key: UInt64

    init(seed: UInt64, stream: Stream, sequence: Int = 0) {
        var key = Self.mix(seed &+ Self.gamma)
        key = Self.mix(key ^ (stream.rawValue &* 0xD1B5_4A32_D192_ED03))
        key = Self.mix(key ^ (UInt64(truncatingIfNeeded: sequence) &* 0xAEF1_7502_108E_F2D9))
        self.key = key
    }

    /// 64 bits; O(1).
    @inline(__always)
    func bits(_ counter: UInt64) -> UInt64 {
        Self.mix(key &+ (counter &+ 1) &* Self.gamma)
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³.
    @inline(__always)
    func uniform(_ counter: UInt64) -> Double {
        Double(bits(counter) >> 11) * 0x1p-53
    }

    private static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

    @inline(__always)
    private static func mix(_ state: UInt64) -> UInt64 {
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

import CKernels

/// Some keys, evenly spread over the prompt, from which the score of a rank is guessed before any other key is read.
///
/// A guess steers the search for the r largest, never its answer.
final class KeySample {
    private let sample: KeyValueStore?
    private let scores: AlignedBuffer<Float>
    private let ranked: AlignedBuffer<UInt64>
    private let scratch = Scratch(capacity: 1)

    /// Keys looked at for a guess, where there are sixteen times as many.
    private static let most = 1024
    /// Standard deviations by which a guess stays below what the sample says, so that it seldom reports too few.
    private static let caution = 2.0

    init(of store: KeyValueStore) {
        let count = min(Self.most, store.count / 16)
        scores = AlignedBuffer(count: count + 16)
        ranked = AlignedBuffer(count: count + 16)
        let copy = KeyValueStore(dimension: store.dimension, valueDimension: 1, capacity: count)
        var keys: [Float] = []
        for i in 0..<count { keys += store.key(i * store.count / count) }
        // A store holds finite keys only, so its rows are taken as they are.
        sample = (try? copy.append(keys: keys, values: Array(repeating: 0, count: count))) == nil ? nil : copy
    }

    /// A score that about r of n keys reach, rather more than fewer; −∞ where the sample cannot tell.
    func guess(rank r: Int, of n: Int, for vector: [Float]) -> Double {
        guard let sample, sample.count > 0, n > 0 else { return -.infinity }
        let s = Double(sample.count)
        let expected = s * Double(r) / Double(n)
        let rank = Int((expected + Self.caution * expected.squareRoot()).rounded(.up))
        guard rank < sample.count else { return -.infinity }
        var view = sample.kernelRows
        ck_dots(&view, 0, sample.count, scratch.padded(vector), scores.base)
        for i in 0..<sample.count { ranked.base[i] = Self.ordered(scores.base[i]) << 32 | UInt64(i) }
        let place = sample.count - max(rank, 1)
        Selection.select(ranked.base, 0..<sample.count, place)
        let smallest = (place..<sample.count).lazy.map { self.ranked.base[$0] }.min() ?? 0
        let dot = scores.base[Int(smallest & 0xffff_ffff)]
        return dot.isFinite ? Double(dot) / Double(vector.count).squareRoot() : -.infinity
    }

    /// Bits that are ordered as the floats are.
    private static func ordered(_ x: Float) -> UInt64 {
        let bits = x.bitPattern
        return UInt64(bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000)
    }
}

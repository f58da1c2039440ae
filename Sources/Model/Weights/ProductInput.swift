import CKernels
import HalfSpace

/// Vectors that weight matrices are multiplied with: as floats, and quantised once for all products. One thread sets them, any
/// number reads.
final class ProductInput: @unchecked Sendable {
    /// The vectors that were set last, and their length.
    private(set) var count = 0
    private(set) var columns = 0
    private(set) var floats = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
    private let room: Int
    private let high: AlignedBuffer<Int8>
    private let low: AlignedBuffer<Int8>
    private let scales: AlignedBuffer<Float>
    private let highSums: AlignedBuffer<Int32>
    private let lowSums: AlignedBuffer<Int32>

    /// Room for so many floats in all.
    init(room: Int) {
        self.room = room
        high = AlignedBuffer(count: room + 64)
        low = AlignedBuffer(count: room + 64)
        scales = AlignedBuffer(count: room / Int(CK_WEIGHT_BLOCK) + 16)
        highSums = AlignedBuffer(count: room / 16 + 16)
        lowSums = AlignedBuffer(count: room / 16 + 16)
    }

    /// Takes vectors of so many floats, one after the other, which must live until the products are done.
    func set(_ x: UnsafeMutableBufferPointer<Float>, columns: Int) {
        precondition(x.count <= room && columns > 0 && x.count % columns == 0)
        (floats, self.columns, count) = (x, columns, x.count / columns)
        // Matrices whose rows are not whole blocks are float32.
        guard columns % Int(CK_WEIGHT_BLOCK) == 0, let first = x.baseAddress else { return }
        var vectors = vectors
        ck_quantise(first, count, &vectors)
    }

    var vectors: ck_vectors {
        ck_vectors(
            high: high.base, low: low.base, scales: scales.base, high_sums: highSums.base,
            low_sums: lowSums.base,
            columns: columns)
    }
}

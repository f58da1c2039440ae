import CKernels

/// Keys column by column with their norms, for kernels that go through all of them.
struct KeyColumns: @unchecked Sendable {
    /// The store's row of each key.
    let rows: [UInt32]
    private let dimension: Int
    private let stride: Int
    private let scale: Double
    private let columns: AlignedBuffer<Float>
    private let norms: AlignedBuffer<Float>

    var count: Int { rows.count }

    /// The given rows, or at most so many of them, evenly spread.
    init(store: KeyValueStore, rows range: Range<Int>, most: Int = Int.max) {
        let step = max(1, range.count / max(most, 1))
        let rows = Swift.stride(from: range.lowerBound, to: range.upperBound, by: step).map(UInt32.init)
        self.rows = rows
        let d = store.dimension
        dimension = d
        let stride = (rows.count + 15) / 16 * 16
        self.stride = stride
        columns = AlignedBuffer(count: stride * d + 16)
        norms = AlignedBuffer(count: stride + 16)
        var largest: Float = 0
        for row in rows { for x in store.key(Int(row)) { largest = max(largest, abs(x)) } }
        scale = PowerOfTwo.taming(Double(largest))
        for (i, row) in rows.enumerated() {
            let key = store.key(Int(row))
            var square = 0.0
            for t in 0..<d {
                let x = Float(Double(key[t]) * scale)
                columns.base[t * stride + i] = x
                square += Double(x) * Double(x)
            }
            norms.base[i] = Float(square.squareRoot())
        }
    }

    /// The keys whose projection on some direction of a cap reaches `least`.
    func list(axis: [Double], cosine: Double, sine: Double, least: Double) -> [UInt32] {
        let axis = axis.map { Float($0) }
        return [UInt32](unsafeUninitializedCapacity: count + 16) { out, written in
            axis.withUnsafeBufferPointer { axis in
                var cap = ck_cap(axis: axis.baseAddress, cosine: Float(cosine), sine: Float(sine).nextUp, least: 0)
                cap.least = GuardBand.roundedDown(least * scale)
                written = ck_cap_list(
                    columns.base, stride, count, Int32(dimension), norms.base, &cap, out.baseAddress)
            }
        }
    }
}

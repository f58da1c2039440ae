/// Standard normal numbers from counted bits, by Box and Muller (Annals of Mathematical Statistics 29, 1958).
///
/// Only additions, products, quotients and square roots of doubles are used, which IEEE 754 rounds in one way, and no
/// function of a maths library: the same address gives the same bits on every machine.
extension CounterRandom {
    /// Two independent standard normal numbers, of magnitude below 6.8; O(1).
    @inline(__always)
    func normalPair(_ counter: UInt64) -> (Float, Float) {
        let word = bits(counter)
        // The upper half is the radius, the lower the angle: two bits of quarter turn and thirty within it.
        let radius = (-2 * Self.logarithm((Double(UInt32(truncatingIfNeeded: word >> 32)) + 0.5) * 0x1p-32))
            .squareRoot()
        let within = Double(word & 0x3FFF_FFFF) + 0.5
        let angle = (within * 0x1p-30 - 0.5) * (Double.pi / 2)
        let square = angle * angle
        let sine = angle * Self.sineSeries(square) * radius
        let cosine = Self.cosineSeries(square) * radius
        let swapped = word & 0x4000_0000 != 0
        let first = swapped ? sine : cosine
        let second = swapped ? cosine : sine
        return word & 0x8000_0000 != 0 ? (Float(-first), Float(-second)) : (Float(first), Float(second))
    }

    /// Fills rows of `width` standard normal numbers each, row-major; row p is the same whatever rows come with it.
    func fillNormal(_ rows: Range<Int>, width: Int, into out: UnsafeMutableBufferPointer<Float>) {
        precondition(out.count == rows.count * width)
        guard let base = out.baseAddress else { return }
        let pairs = UInt64((width + 1) / 2)
        for row in rows {
            let start = base + (row - rows.lowerBound) * width
            let counter = UInt64(row) &* pairs
            for pair in 0..<(width / 2) {
                let (first, second) = normalPair(counter &+ UInt64(pair))
                start[2 * pair] = first
                start[2 * pair + 1] = second
            }
            if width % 2 == 1 { start[width - 1] = normalPair(counter &+ pairs &- 1).0 }
        }
    }

    /// One row of `width` standard normal numbers; O(width).
    func normalRow(_ row: Int, width: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: width) { out, count in
            fillNormal(row..<(row + 1), width: width, into: UnsafeMutableBufferPointer(rebasing: out[0..<width]))
            count = width
        }
    }

    /// ln x for normal x > 0, to about 1e-12: ln(2ᵉ·m) = e·ln 2 + 2·artanh((m−1)/(m+1)) with m in [√½, √2).
    @inline(__always)
    private static func logarithm(_ x: Double) -> Double {
        // Subtracting √½'s bits makes the exponent that of x/√½, so that what is left lies in [√½, √2).
        let halfRoot: UInt64 = 0x3FE6_A09E_667F_3BCD
        let shifted = x.bitPattern &- halfRoot
        let exponent = Int64(bitPattern: shifted) >> 52
        let mantissa = Double(bitPattern: x.bitPattern &- UInt64(bitPattern: exponent << 52))
        let z = (mantissa - 1) / (mantissa + 1)
        let w = z * z
        let series = 1 + w * (1 / 3.0 + w * (1 / 5.0 + w * (1 / 7.0 + w * (1 / 9.0 + w * (1 / 11.0 + w * (1 / 13.0))))))
        return Double(exponent) * 0.693_147_180_559_945_3 + 2 * z * series
    }

    /// sin(x)/x of x², for |x| ≤ π/4.
    @inline(__always)
    private static func sineSeries(_ w: Double) -> Double {
        1 - w * (1 / 6.0 - w * (1 / 120.0 - w * (1 / 5_040.0 - w * (1 / 362_880.0 - w * (1 / 39_916_800.0)))))
    }

    /// cos(x) of x², for |x| ≤ π/4.
    @inline(__always)
    private static func cosineSeries(_ w: Double) -> Double {
        1 - w * (0.5 - w * (1 / 24.0 - w * (1 / 720.0 - w * (1 / 40_320.0 - w * (1 / 3_628_800.0)))))
    }
}

/// Powers of two that keep float32 sums from overflowing or vanishing, at no cost in precision.
enum PowerOfTwo {
    /// 1 for entries of ordinary size; else the power of two that takes the largest entry near 1.
    static func taming(_ largest: Double) -> Double {
        guard largest > 0 else { return 1 }
        if largest >= 0x1p-40 && largest <= 0x1p40 { return 1 }
        return Double(sign: .plus, exponent: -Int(largest.exponent), significand: 1)
    }
}

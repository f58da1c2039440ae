/// Numbers of a quantised block as whole numbers q of few bits: `x = scale·q + offset`, which every type here is.
struct GGUFGroup {
    var scale: Float = 0
    var offset: Float = 0
}

extension GGUFTensorType {
    /// Numbers that share a scale and an offset.
    var group: Int {
        switch self {
        case .float32, .float16, .bfloat16: 1
        case .q40, .q41, .q80, .q4K: 32
        case .q6K: 16
        }
    }

    /// Whether numbers are whole numbers of a group's scale.
    var isQuantised: Bool { block > 1 }

    /// Whether a number is one of 16; otherwise it is one of −128 … 127.
    var hasFourBits: Bool { self == .q40 || self == .q41 || self == .q4K }

    /// Decodes blocks as float32, each number by `scale·q + offset` in float32, as ggml computes it.
    /// - Parameter raw: the bytes of `out.count` numbers.
    func decode(_ raw: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<Float>) {
        guard out.count % block == 0, raw.count >= out.count / block * blockBytes else {
            return out.update(repeating: .nan)
        }
        func word(_ i: Int) -> UInt16 { UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt16.self)) }
        switch self {
        case .float32:
            for i in out.indices {
                out[i] = Float(
                    bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
            }
        case .float16: for i in out.indices { out[i] = Self.single(half: word(2 * i)) }
        case .bfloat16: for i in out.indices { out[i] = Float(bitPattern: UInt32(word(2 * i)) << 16) }
        case .q40, .q41, .q80, .q4K, .q6K:
            var codes = [Int8](repeating: 0, count: block)
            var groups = [GGUFGroup](repeating: GGUFGroup(), count: block / group)
            for b in 0..<out.count / block {
                unpack(UnsafeRawBufferPointer(rebasing: raw[(b * blockBytes)..<(b + 1) * blockBytes]), &codes, &groups)
                for i in 0..<block {
                    let g = groups[i / group]
                    out[b * block + i] = g.scale * Float(codes[i]) + g.offset
                }
            }
        }
    }

    /// Takes one block of a quantised type apart: `block` codes, and a scale and an offset for each group of them.
    func unpack(_ raw: UnsafeRawBufferPointer, _ codes: inout [Int8], _ groups: inout [GGUFGroup]) {
        func half(_ i: Int) -> Float {
            Self.single(half: UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt16.self)))
        }
        switch self {
        case .q40:
            groups[0] = GGUFGroup(scale: half(0), offset: -8 * half(0))
            Self.nibbles(raw, 2, &codes)
        case .q41:
            groups[0] = GGUFGroup(scale: half(0), offset: half(2))
            Self.nibbles(raw, 4, &codes)
        case .q80:
            groups[0] = GGUFGroup(scale: half(0))
            for i in 0..<32 { codes[i] = Int8(bitPattern: raw[2 + i]) }
        case .q4K: Self.unpackQ4K(raw, half(0), half(2), &codes, &groups)
        case .q6K: Self.unpackQ6K(raw, half(208), &codes, &groups)
        case .float32, .float16, .bfloat16: break
        }
    }

    /// Sixteen bytes: low halves are numbers 0 to 15, high ones 16 to 31.
    private static func nibbles(_ raw: UnsafeRawBufferPointer, _ first: Int, _ codes: inout [Int8]) {
        for i in 0..<16 {
            codes[i] = Int8(raw[first + i] & 15)
            codes[16 + i] = Int8(raw[first + i] >> 4)
        }
    }

    /// Eight groups of 32, whose scales and minima of six bits lie in twelve bytes.
    private static func unpackQ4K(
        _ raw: UnsafeRawBufferPointer, _ scale: Float, _ minimum: Float, _ codes: inout [Int8],
        _ groups: inout [GGUFGroup]
    ) {
        for g in 0..<8 {
            let (s, m): (UInt8, UInt8)
            if g < 4 {
                (s, m) = (raw[4 + g] & 63, raw[8 + g] & 63)
            } else {
                s = raw[8 + g] & 15 | (raw[g] >> 6) << 4
                m = raw[8 + g] >> 4 | (raw[4 + g] >> 6) << 4
            }
            groups[g] = GGUFGroup(scale: scale * Float(s), offset: -(minimum * Float(m)))
            for i in 0..<32 {
                let byte = raw[16 + g / 2 * 32 + i]
                codes[g * 32 + i] = Int8(g % 2 == 0 ? byte & 15 : byte >> 4)
            }
        }
    }

    /// Sixteen groups of 16: four low bits of each number, then two high ones, then scales of eight bits.
    private static func unpackQ6K(
        _ raw: UnsafeRawBufferPointer, _ scale: Float, _ codes: inout [Int8], _ groups: inout [GGUFGroup]
    ) {
        for i in 0..<256 {
            let (part, at) = (i / 128, i % 128)
            let low = raw[64 * part + at % 64] >> (at < 64 ? 0 : 4) & 15
            let high = raw[128 + 32 * part + at % 32] >> UInt8(2 * (at / 32)) & 3
            codes[i] = Int8(low | high << 4) - 32
        }
        for g in 0..<16 { groups[g] = GGUFGroup(scale: scale * Float(Int8(bitPattern: raw[192 + g]))) }
    }

    /// The value of a half-precision number: read as float32 it is 2¹¹² times too small, subnormal or not.
    @inline(__always)
    static func single(half: UInt16) -> Float {
        let magnitude = UInt32(half & 0x7FFF) << 13
        let sign = UInt32(half & 0x8000) << 16
        if magnitude >= 0x7C00 << 13 { return Float(bitPattern: sign | magnitude | 0x7F80_0000) }
        return Float(bitPattern: sign | (Float(bitPattern: magnitude) * 0x1p112).bitPattern)
    }
}

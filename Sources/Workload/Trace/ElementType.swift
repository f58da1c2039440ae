/// How a tensor's entries are stored; every one but float64 is exact in float32.
enum ElementType: String, CaseIterable, Sendable {
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float32 = "F32"
    case float64 = "F64"
    /// Four bits of exponent and three of fraction, no infinity (OCP 8-bit floating point, "E4M3").
    case float8E4M3 = "F8_E4M3"
    /// Five bits of exponent and two of fraction: the upper half of a float16 ("E5M2").
    case float8E5M2 = "F8_E5M2"

    /// Bytes of an entry.
    var bytes: Int {
        switch self {
        case .float8E4M3, .float8E5M2: 1
        case .float16, .bfloat16: 2
        case .float32: 4
        case .float64: 8
        }
    }

    /// "F16, F32 or …", for a sentence.
    static let list: String = {
        let names = allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }()

    /// Bytes of an entry of any type that a safetensors file declares, in bits/8; nil for names that are not known.
    static func declaredBytes(_ name: String) -> Int? {
        switch name {
        case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ": 1
        case "U16", "I16", "F16", "BF16": 2
        case "U32", "I32", "F32": 4
        case "U64", "I64", "F64", "C64": 8
        default: nil
        }
    }

    /// Reads little-endian entries as float32; a float64 is rounded, to an infinity where it lies beyond float32.
    /// - Parameters:
    ///   - raw: `out.count` entries.
    ///   - isBigEndian: whether the bytes of an entry are the other way round.
    func decode(_ raw: UnsafeRawBufferPointer, into out: UnsafeMutableBufferPointer<Float>, isBigEndian: Bool = false) {
        guard raw.count >= out.count * bytes else { return out.update(repeating: .nan) }
        func entries<Bits: FixedWidthInteger>(_: Bits.Type, _ value: (Bits) -> Float) {
            for i in 0..<out.count {
                let bits = raw.loadUnaligned(fromByteOffset: i * MemoryLayout<Bits>.size, as: Bits.self)
                out[i] = value(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
            }
        }
        switch self {
        case .float16: entries(UInt16.self, Self.single(half:))
        case .bfloat16: entries(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .float32: entries(UInt32.self) { Float(bitPattern: $0) }
        case .float64: entries(UInt64.self) { Float(Double(bitPattern: $0)) }
        case .float8E4M3: entries(UInt8.self, Self.single(e4m3:))
        case .float8E5M2: entries(UInt8.self) { Self.single(half: UInt16($0) << 8) }
        }
    }

    /// The value of a half-precision number. Read as float32 with the same exponent field, a half is 2¹¹² times too
    /// small, subnormal or not, and the product is exact; only the field of all ones needs care.
    @inline(__always)
    static func single(half: UInt16) -> Float {
        let magnitude = UInt32(half & 0x7FFF) << 13
        let sign = UInt32(half & 0x8000) << 16
        if magnitude >= 0x7C00 << 13 { return Float(bitPattern: sign | magnitude | 0x7F80_0000) }
        return Float(bitPattern: sign | (Float(bitPattern: magnitude) * 0x1p112).bitPattern)
    }

    /// The value of an E4M3 number: as with halves, 2¹²⁰ times too small; all ones is NaN, and nothing is infinite.
    @inline(__always)
    static func single(e4m3: UInt8) -> Float {
        let magnitude = UInt32(e4m3 & 0x7F) << 20
        let sign = UInt32(e4m3 & 0x80) << 24
        if e4m3 & 0x7F == 0x7F { return .nan }
        return Float(bitPattern: sign | (Float(bitPattern: magnitude) * 0x1p120).bitPattern)
    }
}

import CKernels

/// How the numbers of a store are kept. Each format's numbers are float32 numbers exactly, and to whoever reads them they are.
public enum NumberFormat: String, Sendable, CaseIterable, Codable {
    /// 32 bits: nothing is rounded.
    case float32 = "f32"
    /// IEEE 754's half precision: 11 bits of precision, up to 65 504.
    case float16 = "f16"
    /// The upper half of a float32: 8 bits of precision, its whole range.
    case bfloat16 = "bf16"

    /// The name as models write it: "BF16".
    public var title: String { rawValue.uppercased() }

    /// Bytes of a number.
    public var bytes: Int { self == .float32 ? 4 : 2 }

    /// A number of this size or more is rounded to infinity, to the nearest as all are.
    public var overflow: Float {
        switch self {
        case .float32: .infinity
        case .float16: 65520
        case .bfloat16: 0x1.ffp127
        }
    }

    /// A number as the format keeps it: rounded to the nearest, ties to even.
    public func rounded(_ x: Float) -> Float {
        guard abs(x) < overflow else { return x * .infinity }
        var (number, kept, wide) = (x, UInt32(0), Float(0))
        ck_narrow(&number, 1, kernel, &kept)
        ck_widen(&kept, kernel, 0, 1, &wide)
        return wide
    }

    var kernel: Int32 {
        switch self {
        case .float32: Int32(CK_F32)
        case .float16: Int32(CK_F16)
        case .bfloat16: Int32(CK_BF16)
        }
    }
}

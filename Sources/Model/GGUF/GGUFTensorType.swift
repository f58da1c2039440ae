/// How a tensor's numbers are kept, by the type's number in the file: those that are read here.
///
/// Layouts: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md and ggml's block definitions.
enum GGUFTensorType: UInt32, CaseIterable, Sendable {
    case float32 = 0
    case float16 = 1
    case q40 = 2
    case q41 = 3
    case q80 = 8
    case q4K = 12
    case q6K = 14
    case bfloat16 = 30

    /// Numbers in a block, which are kept together.
    var block: Int {
        switch self {
        case .float32, .float16, .bfloat16: 1
        case .q40, .q41, .q80: 32
        case .q4K, .q6K: 256
        }
    }

    /// Bytes of a block.
    var blockBytes: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .q40: 18
        case .q41: 20
        case .q80: 34
        case .q4K: 144
        case .q6K: 210
        }
    }

    /// "Q4_1".
    var name: String { Self.names[rawValue] ?? "\(rawValue)" }

    /// "F32, F16, … and BF16", for a sentence.
    static let list: String = {
        let names = allCases.map(\.name)
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }()

    /// The name of any type, also of those that are not read.
    static func name(_ number: UInt32) -> String { names[number] ?? "number \(number)" }

    private static let names: [UInt32: String] = [
        0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
        12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
        20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
        29: "IQ1_M", 30: "BF16", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
    ]
}

import Foundation

/// The tensors of a safetensors file as float32, by name: 8 bytes of header length, a JSON header, then the tensors' bytes.
/// Format: https://github.com/huggingface/safetensors
struct WeightFile {
    let path: String
    let metadata: [String: String]
    private let data: Data
    private let start: Int
    private let entries: [String: Entry]

    private struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    private struct Header: Decodable {
        var metadata: [String: String] = [:]
        var entries: [String: Entry] = [:]

        struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            for name in container.allKeys {
                if name.stringValue == "__metadata__" {
                    metadata = try container.decode([String: String].self, forKey: name)
                } else {
                    entries[name.stringValue] = try container.decode(Entry.self, forKey: name)
                }
            }
        }
    }

    private static let longestHeader = 1 << 24

    /// Maps the file and reads its header.
    /// - Throws: ``ModelFault``.
    init(path: String) throws(ModelFault) {
        self.path = path
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw ModelFault(path: path, .cannotRead)
        }
        guard data.count >= 8 else { throw ModelFault(path: path, .notSafetensors) }
        let length = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= UInt64(min(data.count - 8, Self.longestHeader)),
            let header = try? JSONDecoder().decode(Header.self, from: Data(data[8..<8 + Int(length)]))
        else { throw ModelFault(path: path, .notSafetensors) }
        start = 8 + Int(length)
        metadata = header.metadata
        entries = header.entries
    }

    /// The names of all tensors.
    var names: [String] { entries.keys.sorted() }

    /// The numbers of a tensor, row-major, as float32.
    /// - Throws: ``ModelFault`` where there is none of this name, shape or type, where it lies outside the file, or holds a NaN or
    ///   an infinity.
    func tensor(_ name: String, shape: [Int]) throws(ModelFault) -> [Float] {
        guard let entry = entries[name] else { throw ModelFault(path: path, .missingTensor(name)) }
        guard entry.shape == shape else {
            throw ModelFault(path: path, .wrongShape(tensor: name, shape: entry.shape, expected: shape))
        }
        let count = shape.reduce(1, *)
        guard let width = ["F16": 2, "F32": 4][entry.dtype] else {
            throw ModelFault(path: path, .wrongType(tensor: name, type: entry.dtype))
        }
        guard entry.offsets.count == 2, entry.offsets[0] >= 0, entry.offsets[0] <= entry.offsets[1],
            entry.offsets[1] <= data.count - start,
            entry.offsets[1] - entry.offsets[0] == count * width
        else { throw ModelFault(path: path, .outside(tensor: name)) }
        let first = start + entry.offsets[0]
        let numbers = data.withUnsafeBytes { bytes in
            (0..<count).map { i in
                width == 2
                    ? Self.float(
                        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: first + 2 * i, as: UInt16.self)))
                    : Float(
                        bitPattern: UInt32(
                            littleEndian: bytes.loadUnaligned(fromByteOffset: first + 4 * i, as: UInt32.self)))
            }
        }
        guard numbers.allSatisfy(\.isFinite) else { throw ModelFault(path: path, .notFinite(tensor: name)) }
        return numbers
    }

    /// A half-precision number.
    private static func float(_ half: UInt16) -> Float {
        let sign: Float = half & 0x8000 == 0 ? 1 : -1
        let exponent = Int(half >> 10 & 31)
        let fraction = Float(half & 1023)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
        }
    }
}

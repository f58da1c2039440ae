import Foundation

/// The rows of one head of a tensor [heads, tokens, width], read from the mapped file as float32.
struct HeadRows: Sendable {
    /// How entries are stored.
    enum Precision: String, Sendable {
        case half = "F16"
        case single = "F32"

        var bytes: Int { self == .half ? 2 : 4 }
    }

    let data: Data
    let tensor: SafetensorsFile.Tensor
    let precision: Precision
    let head: Int
    let tokens: Int
    let width: Int

    /// Expects a tensor of three dimensions, and `head` inside it.
    init(file: SafetensorsFile, tensor: SafetensorsFile.Tensor, head: Int) throws(TraceFault) {
        guard let precision = Precision(rawValue: tensor.dtype) else {
            throw TraceFault(path: file.path, problem: .wrongType(tensor: tensor.name, type: tensor.dtype))
        }
        precondition(tensor.shape.count == 3 && head >= 0 && head < tensor.shape[0])
        data = file.data
        self.tensor = tensor
        self.precision = precision
        self.head = head
        tokens = tensor.shape[1]
        width = tensor.shape[2]
    }

    /// Writes rows, row-major; every float16 is exact in float32.
    func fill(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= tokens && out.count == rows.count * width)
        let start = tensor.bytes.lowerBound + (head * tokens + rows.lowerBound) * width * precision.bytes
        data.withUnsafeBytes { raw in
            switch precision {
            case .half:
                for i in 0..<out.count {
                    let bits = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: start + 2 * i, as: UInt16.self))
                    out[i] = Self.single(half: bits)
                }
            case .single:
                for i in 0..<out.count {
                    let bits = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: start + 4 * i, as: UInt32.self))
                    out[i] = Float(bitPattern: bits)
                }
            }
        }
    }

    /// One row.
    func row(_ row: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: width) { out, count in
            fill(row..<(row + 1), into: UnsafeMutableBufferPointer(rebasing: out[0..<width]))
            count = width
        }
    }

    /// Throws for the first NaN or infinity of the head, with its index in the tensor.
    func checkFinite(path: String) throws(TraceFault) {
        let start = tensor.bytes.lowerBound + head * tokens * width * precision.bytes
        let found: Int? = data.withUnsafeBytes { raw in
            for i in 0..<(tokens * width) {
                let isFinite =
                    switch precision {
                    case .half:
                        UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: start + 2 * i, as: UInt16.self)) & 0x7C00
                            != 0x7C00
                    case .single:
                        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: start + 4 * i, as: UInt32.self))
                            & 0x7F80_0000 != 0x7F80_0000
                    }
                if !isFinite { return i }
            }
            return nil
        }
        guard let found else { return }
        let entry = row(found / width)[found % width]
        let problem = TraceFault.Problem.notFinite(
            tensor: tensor.name, index: [head, found / width, found % width],
            value: entry.isNaN ? "NaN" : entry < 0 ? "-infinity" : "infinity")
        throw TraceFault(path: path, problem: problem)
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
}

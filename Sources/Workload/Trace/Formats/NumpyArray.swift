/// The header of NumPy's `.npy`: a type, a shape, and whether entries stand row by row.
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct NumpyArray {
    /// How a file begins.
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// As much of a file as its header may take.
    static let longestHeader = 65_536 + 12

    let tensor: StoredTensor

    /// Reads a header.
    /// - Parameters:
    ///   - name: of the tensor, and of the array in messages.
    ///   - head: the first ``longestHeader`` bytes, or all there are.
    init(name: String, bytes: any ByteSource, head: [UInt8]) throws(TraceFault) {
        func refusal(_ reason: String) -> TraceFault {
            TraceFault(path: bytes.path, problem: .malformedArray(name: name, reason))
        }
        guard head.count >= 12, head.starts(with: Self.magic) else { throw refusal("does not begin as .npy does") }
        let (start, length) =
            head[6] == 1
            ? (10, Int(head[8]) | Int(head[9]) << 8)
            : (12, (0..<4).reduce(0) { $0 | Int(head[8 + $1]) << (8 * $1) })
        guard (1...3).contains(head[6]) else { throw refusal("is of version \(head[6]); versions 1 to 3 are read") }
        guard length <= Self.longestHeader - 12, start + length <= head.count else {
            throw refusal("gives its header's length as \(length) bytes, but the header ends before that")
        }
        var reader = LiteralReader(text: Array(head[start..<(start + length)]))
        guard let header = reader.header() else { throw refusal("has a header that is not .npy's") }
        guard let shape = header.shape, let type = header.type, let isColumns = header.isColumns else {
            throw refusal("lacks its type, its order or its shape")
        }
        guard !isColumns || shape.count < 2 else {
            throw refusal("stands column by column; save numpy.ascontiguousarray of it")
        }
        let element = Self.element(type)
        if let element {
            guard let expected = StoredTensor.byteCount(shape, width: element.bytes) else {
                let problem = TraceFault.Problem.wrongShape(
                    tensor: name, shape: shape, expected: "lengths from 0 that fit a file")
                throw TraceFault(path: bytes.path, problem: problem)
            }
            let following = bytes.count - start - length
            guard following == expected else {
                let problem = TraceFault.Problem.wrongSize(
                    tensor: name, bytes: following, expected: expected, what: "\(type) of shape \(shape)")
                throw TraceFault(path: bytes.path, problem: problem)
            }
        }
        tensor = StoredTensor(
            name: name, type: type, shape: shape, bytes: bytes, start: start + length, element: element,
            isBigEndian: type.hasPrefix(">"))
    }

    private static func element(_ type: String) -> ElementType? {
        switch type.drop(while: { "<>=|".contains($0) }) {
        case "f2": .float16
        case "f4": .float32
        case "f8": .float64
        default: nil
        }
    }
}

/// Reads the dictionary in a header, a Python literal: three keys, in any order.
private struct LiteralReader {
    let text: [UInt8]
    private var at = 0

    init(text: [UInt8]) { self.text = text }

    struct Header {
        var type: String?
        var shape: [Int]?
        var isColumns: Bool?
    }

    /// nil where the text is anything else.
    mutating func header() -> Header? {
        var header = Header()
        guard take("{") else { return nil }
        while !take("}") {
            guard let key = string(), take(":") else { return nil }
            switch key {
            case "descr" where header.type == nil: header.type = string()
            case "shape" where header.shape == nil: header.shape = tuple()
            case "fortran_order" where header.isColumns == nil:
                header.isColumns = take("True") ? true : take("False") ? false : nil
            default: return nil
            }
            guard take(",") || peek("}") else { return nil }
        }
        skipSpace()
        return at == text.count ? header : nil
    }

    private mutating func skipSpace() {
        while at < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[at]) { at += 1 }
    }

    private mutating func peek(_ word: String) -> Bool {
        skipSpace()
        return text[at...].starts(with: Array(word.utf8))
    }

    private mutating func take(_ word: String) -> Bool {
        guard peek(word) else { return false }
        at += word.utf8.count
        return true
    }

    private mutating func string() -> String? {
        let quote = take("'") ? UInt8(ascii: "'") : take("\"") ? UInt8(ascii: "\"") : nil
        guard let quote, let end = text[at...].firstIndex(of: quote) else { return nil }
        defer { at = end + 1 }
        return String(validating: text[at..<end], as: UTF8.self)
    }

    private mutating func tuple() -> [Int]? {
        guard take("(") else { return nil }
        var lengths: [Int] = []
        while !take(")") {
            let digits = text[at...].prefix { (0x30...0x39).contains($0) }
            guard let length = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            at += digits.count
            // Python 2 wrote 5L for 5.
            _ = take("L")
            lengths.append(length)
            guard take(",") || peek(")") else { return nil }
            skipSpace()
        }
        return lengths
    }
}

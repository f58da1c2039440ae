/// A GGUF file of version 2 or 3: metadata by key, and tensors by name, each read when it is asked for.
///
/// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public struct GGUFFile: Sendable {
    public let path: String
    public let version: Int
    /// Bytes of the file.
    public var size: Int { file.count }
    let metadata: [String: GGUFValue]
    private let tensors: [String: Entry]
    private let file: GGUFBytes
    /// Where the tensors' bytes begin.
    private let start: Int

    /// A tensor as the header announces it.
    private struct Entry {
        /// The fastest dimension last, as arrays are written here; the file has it first.
        var shape: [Int]
        var type: UInt32
        var offset: UInt64
    }

    private static let longestName = 1024

    /// Opens a file and reads its header.
    /// - Throws: ``GGUFFault``.
    public init(path: String) throws(GGUFFault) {
        let file = try GGUFBytes(path: path)
        var cursor = GGUFCursor(file)
        self.path = path
        self.file = file
        guard file.count >= 4, Array(try cursor.bytes(4, "its first word")) == Array("GGUF".utf8) else {
            throw GGUFFault(path: path, .notGGUF)
        }
        let version = try cursor.number(UInt32.self, "its version")
        if version.byteSwapped <= 3 { throw GGUFFault(path: path, .bigEndian) }
        guard version == 2 || version == 3 else { throw GGUFFault(path: path, .version(version)) }
        self.version = Int(version)
        let tensorCount = try cursor.number(UInt64.self, "the number of tensors")
        let keyCount = try cursor.number(UInt64.self, "the number of keys")
        // Counts are bounded by what is left: a key takes at least 13 bytes, a tensor 24.
        try cursor.expect(keyCount.multipliedReportingOverflow(by: 13).overflow ? .max : keyCount * 13, "the metadata")
        var metadata: [String: GGUFValue] = [:]
        for _ in 0..<keyCount {
            let key = Self.name(try cursor.string("a key"))
            guard metadata[key] == nil else { throw GGUFFault(path: path, .header("\(key) stands there twice")) }
            metadata[key] = try cursor.value(of: key, path: path)
        }
        self.metadata = metadata
        let tensorBytes = tensorCount.multipliedReportingOverflow(by: 24)
        try cursor.expect(tensorBytes.overflow ? .max : tensorBytes.partialValue, "the list of tensors")
        var tensors: [String: Entry] = [:]
        for _ in 0..<tensorCount {
            let name = Self.name(try cursor.string("a tensor's name"))
            guard tensors[name] == nil else {
                throw GGUFFault(path: path, .header("tensor \(name) stands there twice"))
            }
            tensors[name] = try Self.entry(name, &cursor, path: path)
        }
        self.tensors = tensors
        let alignment = metadata["general.alignment"]?.whole ?? 32
        guard (1...1 << 20).contains(alignment), alignment & (alignment - 1) == 0 else {
            throw GGUFFault(path: path, .wrongValue(key: "general.alignment", "it is \(alignment), no power of two"))
        }
        start = (cursor.offset + alignment - 1) / alignment * alignment
        for (name, entry) in tensors { try checkPlace(name, entry) }
    }

    /// A name for sentences and look-ups: repaired where it is no UTF-8, and no longer than one may be.
    private static func name(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(longestName), as: UTF8.self) }

    private static func entry(
        _ name: String, _ cursor: inout GGUFCursor, path: String
    ) throws(GGUFFault) -> Entry {
        let rank = try cursor.number(UInt32.self, name)
        guard (1...4).contains(rank) else {
            throw GGUFFault(path: path, .header("tensor \(name) has \(rank) dimensions, but 1 to 4 are known"))
        }
        var shape: [Int] = []
        var count = 1
        for _ in 0..<rank {
            let length = try cursor.number(UInt64.self, name)
            guard let length = Int(exactly: length), length > 0,
                case (let product, let overflow) = count.multipliedReportingOverflow(by: length), !overflow,
                product < 1 << 48
            else { throw GGUFFault(path: path, .header("tensor \(name) has a dimension of \(length)")) }
            count = product
            shape.insert(length, at: 0)
        }
        return Entry(
            shape: shape, type: try cursor.number(UInt32.self, name), offset: try cursor.number(UInt64.self, name))
    }

    /// Fails where a tensor of a known type lies outside the file.
    private func checkPlace(_ name: String, _ entry: Entry) throws(GGUFFault) {
        guard let type = GGUFTensorType(rawValue: entry.type) else { return }
        let columns = entry.shape[entry.shape.count - 1]
        guard columns % type.block == 0 else {
            throw GGUFFault(
                path: path,
                .header(
                    "tensor \(name) is \(type.name), whose rows are whole blocks of \(type.block); it has \(columns)"))
        }
        let bytes = Self.bytes(of: entry.shape, type)
        guard entry.offset <= UInt64(max(0, file.count - start)),
            bytes <= file.count - start - Int(entry.offset)
        else { throw GGUFFault(path: path, .truncated("tensor \(name)")) }
    }

    private static func bytes(of shape: [Int], _ type: GGUFTensorType) -> Int {
        shape.reduce(1, *) / type.block * type.blockBytes
    }

    // MARK: Tensors

    /// The names of all tensors.
    var names: [String] { tensors.keys.sorted() }

    /// Whether there is a tensor of this name.
    func has(_ name: String) -> Bool { tensors[name] != nil }

    /// The shape of a tensor, the fastest dimension last.
    func shape(of name: String) -> [Int]? { tensors[name]?.shape }

    /// Numbers in all tensors.
    public var parameters: Int { tensors.values.reduce(0) { $0 + $1.shape.reduce(1, *) } }

    /// Bytes that the weights take here: codes of 4 or 8 bits with scales in float32, or float32.
    public var memory: Int {
        tensors.values.reduce(0) { sum, entry in
            let count = entry.shape.reduce(1, *)
            guard let type = GGUFTensorType(rawValue: entry.type), type.isQuantised else { return sum + 4 * count }
            return sum + (type.hasFourBits ? count / 2 + 8 * count / type.group : count + 4 * count / type.group)
        }
    }

    /// "210 Q4_1, 61 F32": the types of the tensors, the most frequent first.
    public var types: String {
        let counts = Dictionary(grouping: tensors.values, by: \.type).mapValues(\.count)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) \(GGUFTensorType.name($0.key))" }.joined(separator: ", ")
    }

    /// A tensor that is there, of a type that is known.
    /// - Throws: ``GGUFFault``.
    func find(_ name: String, shape: [Int]) throws(GGUFFault) -> GGUFTensor {
        guard let entry = tensors[name] else { throw GGUFFault(path: path, .missingTensor(name)) }
        guard entry.shape == shape else {
            throw GGUFFault(path: path, .wrongShape(tensor: name, shape: entry.shape, expected: shape))
        }
        guard let type = GGUFTensorType(rawValue: entry.type) else {
            throw GGUFFault(path: path, .wrongType(tensor: name, type: GGUFTensorType.name(entry.type)))
        }
        return GGUFTensor(name: name, shape: shape, type: type, file: file, offset: start + Int(entry.offset))
    }
}

/// A tensor of a file, row by row.
struct GGUFTensor: Sendable {
    let name: String
    let shape: [Int]
    let type: GGUFTensorType
    fileprivate let file: GGUFBytes
    fileprivate let offset: Int

    var columns: Int { shape[shape.count - 1] }
    var rows: Int { shape.dropLast().reduce(1, *) }
    /// Bytes of a row.
    var rowBytes: Int { columns / type.block * type.blockBytes }

    /// The bytes of some rows, as the file has them.
    /// - Throws: ``GGUFFault``.
    func bytes(_ rows: Range<Int>) throws(GGUFFault) -> [UInt8] {
        try file.bytes(offset + rows.lowerBound * rowBytes..<offset + rows.upperBound * rowBytes)
    }

    /// All its numbers, row-major.
    /// - Throws: ``GGUFFault`` where one is not finite.
    func floats() throws(GGUFFault) -> [Float] {
        var numbers = [Float](repeating: 0, count: rows * columns)
        let bytes = try bytes(0..<rows)
        numbers.withUnsafeMutableBufferPointer { out in
            bytes.withUnsafeBytes { type.decode($0, into: out) }
        }
        guard numbers.allSatisfy(\.isFinite) else { throw GGUFFault(path: file.path, .notFinite(tensor: name)) }
        return numbers
    }

    /// What to throw for a number that is not finite.
    var notFinite: GGUFFault { GGUFFault(path: file.path, .notFinite(tensor: name)) }
}

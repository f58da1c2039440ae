/// What is wrong with a trace's file; prints itself as one sentence that begins with the path.
public struct TraceFault: Error, Equatable, Sendable {
    public let path: String
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// The operating system's reason.
        case cannotRead(String)
        case tooShort(bytes: Int)
        case headerTooLong(length: UInt64, following: Int)
        case malformedHeader(String)
        /// A file without attention tensors, and the names that it has.
        case noAttention(found: [String])
        case missingTensor(String)
        case duplicateTensor(String, String)
        case wrongType(tensor: String, type: String)
        case wrongShape(tensor: String, shape: [Int], expected: String)
        case wrongSize(tensor: String, bytes: Int, expected: Int, what: String)
        case outside(tensor: String, offsets: [Int], dataBytes: Int)
        case overlap(String, String)
        case notFinite(tensor: String, index: [Int], value: String)
        case malformedMetadata(key: String, value: String, expected: String)
        case notUTF8
        case wrongWordCount(lines: Int, keys: Int, queries: Int)
    }

    /// Whether the file could not be read at all, rather than holds something wrong.
    public var isUnreadable: Bool {
        if case .cannotRead = problem { true } else { false }
    }
}

extension TraceFault: CustomStringConvertible {
    public var description: String { "\(path): \(sentence)" }

    private var sentence: String {
        switch problem {
        case .cannotRead(let reason):
            "cannot be read: \(reason)"
        case .tooShort(let bytes):
            "holds \(bytes) bytes, but a safetensors file begins with 8 that give its header's length"
        case .headerTooLong(let length, let following):
            "gives its header's length as \(length) bytes, but \(following) follow; it is truncated or not safetensors"
        case .malformedHeader(let reason):
            "has a header that is not safetensors': \(reason)"
        case .noAttention(let found):
            "has no tensors layers.L.q, layers.L.k, layers.L.v (L a number); it has \(Self.list(found))"
        case .missingTensor(let name):
            "has no tensor \(name); a layer needs its q, k and v"
        case .duplicateTensor(let first, let second):
            "names the same tensor twice, \(first) and \(second); keep one"
        case .wrongType(let tensor, let type):
            "tensor \(tensor) is of type \(type); expected F16 or F32"
        case .wrongShape(let tensor, let shape, let expected):
            "tensor \(tensor) has shape \(shape); expected \(expected)"
        case .wrongSize(let tensor, let bytes, let expected, let what):
            "tensor \(tensor) takes \(bytes) bytes; expected \(expected) for \(what)"
        case .outside(let tensor, let offsets, let dataBytes):
            "tensor \(tensor) has data_offsets \(offsets); expected a start, an end not before it, and both within the"
                + " \(dataBytes) bytes that follow the header: the file may be truncated"
        case .overlap(let first, let second):
            "tensors \(first) and \(second) share bytes; expected each to have its own"
        case .notFinite(let tensor, let index, let value):
            "tensor \(tensor) has \(value) at \(index); expected finite numbers: remove NaN and infinity"
        case .malformedMetadata(let key, let value, let expected):
            "metadata \(key) is “\(value)”; expected \(expected)"
        case .notUTF8:
            "is not UTF-8 text; expected a word a line"
        case .wrongWordCount(let lines, let keys, let queries):
            "has \(lines) lines; expected \(keys + queries): a word for each of \(keys) keys, then one for each of"
                + " \(queries) queries"
        }
    }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none at all" }
        return names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", … (\(names.count) in all)" : "")
    }
}

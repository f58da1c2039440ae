import PlainText

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
        case malformedIndex(String)
        case malformedArchive(String)
        case malformedArray(name: String, String)
        /// PyTorch's own format.
        case pickled
        /// A file without attention tensors, and the names that it has.
        case noAttention(found: [String])
        case missingTensor(part: TensorPart, layer: Int, beside: String, found: [String])
        case duplicateTensor(String, String)
        case wrongType(tensor: String, type: String)
        case wrongShape(tensor: String, shape: [Int], expected: String)
        case wrongSize(tensor: String, bytes: Int, expected: Int, what: String)
        case outside(tensor: String, offsets: [Int], dataBytes: Int)
        case overlap(String, String)
        case gap(bytes: Int, before: String)
        case trailing(bytes: Int, declared: Int)
        /// Fewer bytes than were said to be there.
        case truncated(needed: Int, there: Int)
        /// Written to, or cut short, since it was opened.
        case changed
        case notFinite(tensor: String, index: [Int], value: String)
        case malformedMetadata(key: String, value: String, expected: String)
        case wrongSinkCount(sinks: Int, heads: Int)
        case notUTF8
        case wrongWordCount(lines: Int, keys: Int, queries: Int)
    }

    /// Whether the file could not be read at all, rather than holds something wrong.
    public var isUnreadable: Bool {
        if case .cannotRead = problem { true } else { false }
    }
}

extension TraceFault: CustomStringConvertible {
    public var description: String { "\(path.plain()): \(sentence)" }

    private var sentence: String {
        switch problem {
        case .cannotRead(let reason):
            "cannot be read: \(reason.plain(400))"
        case .tooShort(let bytes):
            "holds \(bytes) bytes, but a safetensors file begins with 8 that give its header's length"
        case .headerTooLong(let length, let following):
            "gives its header's length as \(length) bytes, but \(following) follow; it is truncated or not safetensors"
        case .malformedHeader(let reason):
            "has a header that is not safetensors': \(reason.plain(400))"
        case .malformedIndex(let reason):
            "is no index of safetensors files: \(reason.plain(400))"
        case .malformedArchive(let reason):
            "is an archive that cannot be read: \(reason.plain(400))"
        case .malformedArray(let name, let reason):
            "array \(name.plain(120)) \(reason.plain(400))"
        case .pickled:
            "is in PyTorch's own format, a program that runs when it is read, and is not run here; convert it in Python:"
                + " import torch, safetensors.torch; safetensors.torch.save_file("
                + "{n: t.contiguous() for n, t in torch.load(\"in.pt\").items()}, \"out.safetensors\")"
        case .noAttention(let found):
            "has no tensors named as attention's are, such as layers.0.q, layers.0.k, layers.0.v, nor any that --names"
                + " describes; it has \(Self.list(found))"
        case .missingTensor(let part, let layer, let beside, let found):
            Self.missing(part, layer: layer, beside: beside, found: found)
        case .duplicateTensor(let first, let second):
            "names the same tensor twice, \(first.plain(120)) and \(second.plain(120)); keep one"
        case .wrongType(let tensor, let type):
            "tensor \(tensor.plain(120)) is of type \(type.plain(120)); expected \(ElementType.list)"
        case .wrongShape(let tensor, let shape, let expected):
            "tensor \(tensor.plain(120)) has shape \(Self.lengths(shape)); expected \(expected.plain(300))"
        case .wrongSize(let tensor, let bytes, let expected, let what):
            "tensor \(tensor.plain(120)) takes \(bytes) bytes; expected \(expected) for \(what.plain(120))"
        case .outside(let tensor, let offsets, let dataBytes):
            "tensor \(tensor.plain(120)) has data_offsets \(Self.lengths(offsets)); expected a start, an end not before it, and both within the"
                + " \(dataBytes) bytes that follow the header: the file may be truncated"
        case .overlap(let first, let second):
            "tensors \(first.plain(120)) and \(second.plain(120)) share bytes; expected each to have its own"
        case .gap(let bytes, let before):
            "has \(bytes) bytes before tensor \(before.plain(120)) that belong to none; expected tensors one after the other"
        case .trailing(let bytes, let declared):
            "has \(bytes) bytes after its last tensor; expected it to end after \(declared) bytes of data"
        case .truncated(let needed, let there):
            "ends early: \(needed) bytes are needed, and there are \(there)"
        case .changed:
            "was changed while it was read; copy it, or wait until it is written, and open it again"
        case .notFinite(let tensor, let index, let value):
            "tensor \(tensor.plain(120)) has \(value.plain(120)) at \(index); expected finite numbers: remove NaN and infinity"
        case .malformedMetadata(let key, let value, let expected):
            "metadata \(key.plain(120)) is “\(value.plain(120))”; expected \(expected.plain(300))"
        case .wrongSinkCount(let sinks, let heads):
            "has \(sinks) sink logits; expected one for each of \(heads) query heads"
        case .notUTF8:
            "is not UTF-8 text; expected a word a line"
        case .wrongWordCount(let lines, let keys, let queries):
            "has \(lines) lines; expected \(keys + queries): a word for each of \(keys) keys, then one for each of"
                + " \(queries) queries"
        }
    }

    private static func missing(_ part: TensorPart, layer: Int, beside: String, found: [String]) -> String {
        let name = part.name(beside: beside) ?? "layers.\(layer).\(part.spellings[part.spellings.count - 2])"
        let start = "has no tensor \(name.plain(120)); a layer needs its q, k and v; "
        if let near = Suggestion.nearest(to: name, among: found.filter { $0 != beside }) {
            return start + "the nearest name is \(near.plain(120))"
        }
        return start + "it has \(list(found))"
    }

    /// A shape, or as much of it as a line holds.
    private static func lengths(_ lengths: [Int]) -> String {
        lengths.count <= 8 ? "\(lengths)" : "[\(lengths.prefix(8).map(String.init).joined(separator: ", ")), …]"
    }

    private static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none at all" }
        return names.prefix(8).map { $0.plain(80) }.joined(separator: ", ")
            + (names.count > 8 ? ", … (\(names.count) in all)" : "")
    }
}

import Foundation
import HalfSpace

/// A real model's attention, from a safetensors file: one head of one layer.
///
/// Whether the queries come after the keys or among them is what the file's metadata says. Without `causal`, or with
/// `causal` = "false", the queries come after: every query sees all keys, none is appended, and step i uses query i,
/// wrapping. With `causal` = "true" the trace is self-attention: query i belongs to key i and sees keys 0…i. The first
/// n keys are then the prompt (half of them, if n is not given), step i brings key n + i with its query, and the
/// sequence ends with the file.
public struct TraceWorkload: RowSource {
    public let path: String
    public let dimension: Int
    public let valueDimension: Int
    public let promptLength: Int
    public let appendsKeys: Bool
    public let heads: Int
    public let caption: String?
    /// The numbers of the layers that the file has, ascending, and the one in use.
    public let layers: [Int]
    public let layer: Int
    /// The position in the query tensor.
    public let head: Int

    /// Queries in the file.
    public var queryCount: Int { queries.tokens }

    private let queries: HeadRows
    private let keys: HeadRows
    private let values: HeadRows
    private let words: TraceWords?

    /// Opens a file and checks what will be used of it.
    ///
    /// - Parameters:
    ///   - layer: the number in the tensors' names; nil takes the lowest.
    ///   - head: the position in the query tensor, from 0.
    ///   - n: how many of the first keys to take; nil takes all.
    ///   - d: nil, or what the caller believes d to be.
    /// - Throws: ``WorkloadError``: for a file that cannot be read, one that holds something wrong (with tensor and
    ///   index), and a request that it cannot serve.
    public init(path: String, layer: Int? = nil, head: Int? = nil, n: Int? = nil, d: Int? = nil) throws(WorkloadError) {
        do {
            try self.init(opening: path, layer: layer, head: head, n: n, d: d)
        } catch let fault as TraceFault {
            throw .trace(fault)
        } catch let error as WorkloadError {
            throw error
        } catch {
            throw .trace(TraceFault(path: path, problem: .cannotRead("\(error)")))
        }
    }

    private init(opening path: String, layer: Int?, head: Int?, n: Int?, d: Int?) throws {
        let file = try SafetensorsFile(path: path)
        layers = try TraceLayer.numbers(in: file)
        guard let number = layer ?? layers.first, layers.contains(number) else {
            throw WorkloadError.noSuchLayer(layer ?? 0, path: path, layers: layers)
        }
        let tensors = try TraceLayer(number: number, file: file)
        let head = head ?? 0
        guard (0..<tensors.heads).contains(head) else {
            throw WorkloadError.noSuchHead(head, path: path, tensor: tensors.queries.name, heads: tensors.heads)
        }
        let keyHead = head / tensors.queriesPerKeyHead
        let queries = try HeadRows(file: file, tensor: tensors.queries, head: head)
        let keys = try HeadRows(file: file, tensor: tensors.keys, head: keyHead)
        let values = try HeadRows(file: file, tensor: tensors.values, head: keyHead)
        if let d, d != keys.width {
            throw WorkloadError.traceDimension(asked: d, path: path, dimension: keys.width)
        }
        let isCausal = try Self.isCausal(file, tensors)
        // A causal trace needs a key for its first step.
        let longest = isCausal ? keys.tokens - 1 : keys.tokens
        let length = n ?? (isCausal ? keys.tokens / 2 : keys.tokens)
        guard (0...longest).contains(length) else {
            throw WorkloadError.traceLength(asked: length, path: path, tensor: tensors.keys.name, longest: longest)
        }
        for rows in [queries, keys, values] { try rows.checkFinite(path: path) }
        words = try TraceWords(
            beside: path, keys: keys.tokens, queries: queries.tokens, isSelfAttention: isCausal)

        self.path = path
        self.layer = number
        self.head = head
        self.queries = queries
        self.keys = keys
        self.values = values
        heads = tensors.heads
        dimension = keys.width
        valueDimension = values.width
        promptLength = length
        appendsKeys = isCausal
        caption = Self.caption(layer: number, head: head, of: tensors.heads, metadata: file.metadata)
    }

    public var stepsPerSequence: Int? { appendsKeys ? keys.tokens - promptLength : nil }

    /// The query of a step, and in self-attention the key and value of the same token; the same in every sequence.
    public func step(_ step: Int, sequence: Int) -> DecodeInput {
        let token = token(of: step)
        guard appendsKeys else { return DecodeInput(query: queries.row(token)) }
        return DecodeInput(query: queries.row(token), key: keys.row(token), value: values.row(token))
    }

    public func keyWord(_ position: Int) -> String? {
        guard let words, words.keys.indices.contains(position) else { return nil }
        return words.keys[position]
    }

    public func queryWord(_ step: Int) -> String? { words?.queries[token(of: step)] }

    func fillKeys(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) { keys.fill(rows, into: out) }

    func fillValues(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) { values.fill(rows, into: out) }

    /// The row of the query tensor that a step uses.
    private func token(of step: Int) -> Int {
        appendsKeys ? promptLength + step % (keys.tokens - promptLength) : step % queries.tokens
    }

    private static func isCausal(_ file: SafetensorsFile, _ tensors: TraceLayer) throws(TraceFault) -> Bool {
        guard let text = file.metadata["causal"] else { return false }
        switch text.lowercased() {
        case "false": return false
        case "true": break
        default:
            throw TraceFault(
                path: file.path, problem: .malformedMetadata(key: "causal", value: text, expected: "true or false"))
        }
        guard tensors.queries.shape[1] == tensors.keys.shape[1] else {
            let expected =
                "as many queries as the \(tensors.keys.shape[1]) keys of \(tensors.keys.name): causal is true"
            throw TraceFault(
                path: file.path,
                problem: .wrongShape(
                    tensor: tensors.queries.name, shape: tensors.queries.shape, expected: expected))
        }
        return true
    }

    /// "layer 1, head 0 (the model's 8)", where the metadata `heads` give the model's own numbers.
    private static func caption(layer: Int, head: Int, of heads: Int, metadata: [String: String]) -> String {
        let numbers = (metadata["heads"] ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        let model = numbers.count == heads ? " (the model's \(numbers[head]))" : ""
        return "layer \(layer), head \(head)\(model)"
    }
}

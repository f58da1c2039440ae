import Attention
import Foundation
import HalfSpace
import Synchronization

/// A byte-level decoder: a token is a byte, hashed n-grams are added to its embedding, local layers with rotary positions
/// alternate with global ones that know no position and keep their keys on the unit sphere.
///
/// Global ReLU² heads take the threshold of the sparsity lemma (arXiv 2410.10165), `b = σ_h·√(0.4 ln n)`, with a σ_h that was
/// learned. Weights never change: decoders on any thread share them.
public final class ByteModel: LanguageModel {
    /// The file's name without its ending.
    public let name: String
    public let path: String
    public let activation: Attention.Activation
    public let headShape: HeadShape
    public let parameters: Int
    public let bytes: Int
    let configuration: ByteModelConfiguration
    let embedding: [Float]
    let grams: [[Float]]
    let layers: [ByteLayer]
    let head: Matrix

    /// Reads and checks a file.
    /// - Throws: ``ModelFault``.
    public init(path: String) throws(ModelFault) {
        let file = try WeightFile(path: path)
        guard let json = file.metadata["config"],
            let c = try? JSONDecoder().decode(ByteModelConfiguration.self, from: Data(json.utf8))
        else { throw ModelFault(path: path, .noModel) }
        if let fault = c.fault { throw ModelFault(path: path, .configuration(fault)) }
        self.path = path
        name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        configuration = c
        activation = c.activation ?? .softmax
        embedding = try file.tensor("emb", shape: [256, c.d])
        var grams: [[Float]] = []
        for (i, gram) in c.ngrams.enumerated() { grams.append(try file.tensor("ng.\(i)", shape: [gram[1], c.d])) }
        self.grams = grams
        var layers: [ByteLayer] = []
        for (l, letter) in c.layers.enumerated() {
            layers.append(try ByteLayer(file, number: l, isGlobal: letter == "G", c))
        }
        self.layers = layers
        head = Matrix(try file.tensor("head", shape: [256, c.d]), rows: 256, columns: c.d)
        headShape = HeadShape(
            layers: layers.indices.filter { layers[$0].isGlobal }, headsPerLayer: c.gh, dimension: c.gdh,
            valueDimension: c.gdh)
        parameters =
            embedding.count + grams.reduce(0) { $0 + $1.count } + layers.reduce(256 * c.d) { $0 + $1.parameters }
        bytes =
            4 * (embedding.count + grams.reduce(0) { $0 + $1.count })
            + layers.reduce(head.bytes) { $0 + $1.bytes }
    }

    /// About what a context of so many bytes takes while it is read, in bytes: keys, values and their indexes, and the rows of the
    /// layer under way.
    public func memory(context: Int) -> Int {
        let (c, shape) = (configuration, headShape)
        let kept = shape.count * (shape.dimension + shape.valueDimension) * 5 / 2
        return bytes + 4 * context * (2 * c.d + 8 * c.gh * c.gdh + kept)
    }

    public var tokenizer: any Tokenizer { ByteTokenizer() }
    public var mostTokens: Int { ByteDecoder.mostBytes }
    public var unit: String { "letter" }
    public var hasOwnThreshold: Bool { true }
    public func makeDecoder(capacity: Int, threads: Int?, format: NumberFormat) -> any LanguageDecoder {
        ByteDecoder(self, capacity: capacity, format: format)
    }

    /// One row of hidden state for the last of `tokens` (the bytes up to it; only as many as the longest n-gram are read).
    func embed(_ tokens: ArraySlice<UInt8>, into hidden: UnsafeMutableBufferPointer<Float>) {
        let d = configuration.d
        let byte = Int(tokens.last ?? 0)
        for t in 0..<d { hidden[t] = embedding[byte * d + t] }
        for (table, gram) in zip(grams, configuration.ngrams) {
            let row = Self.hash(tokens, length: gram[0], rows: gram[1])
            for t in 0..<d { hidden[t] += table[row * d + t] }
        }
        Self.normalise(hidden, length: d)
    }

    /// The row of a hashed n-gram: what lies before the text counts as zeros.
    static func hash(_ tokens: ArraySlice<UInt8>, length: Int, rows: Int) -> Int {
        var g = 0
        for back in stride(from: length, to: 0, by: -1) {
            let at = tokens.endIndex - back
            let byte = at >= tokens.startIndex ? Int(tokens[at]) : 0
            g = (g * 257 + byte + 1) % 1_000_003
        }
        return g * 7919 % 1_000_003 % rows
    }

    /// The longest n-gram.
    var longestGram: Int { max(1, configuration.ngrams.map { $0[0] }.max() ?? 1) }
}

/// A byte is a token.
public struct ByteTokenizer: Tokenizer {
    public init() {}
    public var count: Int { 256 }
    public func tokens(of bytes: [UInt8]) -> [Int] { bytes.map(Int.init) }
    public func bytes(of token: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: token)] }
}

extension ByteModel {
    /// The model of a file, read once: decoders share it.
    /// - Throws: ``ModelFault``.
    public static func shared(path: String) throws(ModelFault) -> ByteModel {
        if let model = read.withLock({ $0[path] }) { return model }
        let model = try ByteModel(path: path)
        read.withLock { $0[path] = model }
        return model
    }

    private static let read = Mutex<[String: ByteModel]>([:])
}

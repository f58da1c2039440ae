import Attention
import CKernels
import Foundation
import HalfSpace
import Synchronization

/// A pretrained model of the Llama family, read from a GGUF file: root-mean-square norms, rotary positions, query heads that share
/// keys and values, gated feed-forward parts. Weights stay quantised; they never change, and decoders on any thread share them.
public final class LlamaModel: LanguageModel {
    public let name: String
    public let path: String
    public let activation = Attention.Activation.softmax
    public let headShape: HeadShape
    public let parameters: Int
    public let bytes: Int
    public let tokenizer: any Tokenizer
    /// "llama", and the types of its tensors: "210 Q4_1, 61 F32, 1 Q8_0".
    public var architecture: String { configuration.architecture }
    public let types: String
    /// The positions that it was trained for.
    public var context: Int { configuration.context }
    let configuration: LlamaConfiguration
    let layers: [LlamaLayer]
    let rotary: RotaryAngles
    private let embedding: WeightMatrix
    private let scale: [Float]
    /// nil: the embedding.
    private let ownHead: WeightMatrix?

    public var mostTokens: Int { context }
    public var unit: String { "token" }
    public var hasOwnThreshold: Bool { false }
    public func makeDecoder(capacity: Int, threads: Int?, format: NumberFormat) -> any LanguageDecoder {
        LlamaDecoder(self, capacity: capacity, threads: threads, format: format)
    }

    /// Reads and checks a file, on all cores.
    /// - Throws: ``GGUFFault``.
    public init(path: String) throws(GGUFFault) {
        let file = try GGUFFile(path: path)
        let c = try LlamaConfiguration(file)
        tokenizer = try GGUFTokenizer.read(file, count: c.vocabulary)
        self.path = path
        name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        configuration = c
        types = file.types
        parameters = file.parameters
        embedding = try WeightMatrix(file, "token_embd.weight", rows: c.vocabulary, columns: c.width)
        scale = try file.find("output_norm.weight", shape: [c.width]).floats()
        ownHead =
            file.has("output.weight")
            ? try WeightMatrix(file, "output.weight", rows: c.vocabulary, columns: c.width) : nil
        let factors =
            file.has("rope_freqs.weight")
            ? try file.find("rope_freqs.weight", shape: [c.rotary.count / 2]).floats() : nil
        rotary = RotaryAngles(c.rotary, factors: factors)
        layers = try Self.layers(file, c)
        headShape = HeadShape(
            layers: Array(0..<c.layers), headsPerLayer: c.heads, dimension: c.dimension,
            valueDimension: c.dimension)
        bytes = layers.reduce(embedding.bytes + (ownHead?.bytes ?? 0)) { $0 + $1.bytes }
    }

    private static func layers(_ file: GGUFFile, _ c: LlamaConfiguration) throws(GGUFFault)
        -> [LlamaLayer]
    {
        let read = Mutex<[Int: Result<LlamaLayer, GGUFFault>]>([:])
        ParallelLoop.run(c.layers) { number in
            if read.withLock({ $0.values.contains { if case .failure = $0 { true } else { false } } }) {
                return
            }
            let layer: Result<LlamaLayer, GGUFFault>
            do throws(GGUFFault) {
                layer = .success(try LlamaLayer(file, number: number, c))
            } catch {
                layer = .failure(error)
            }
            read.withLock { $0[number] = layer }
        }
        var layers: [LlamaLayer] = []
        let all = read.withLock { $0 }
        for (_, layer) in all.sorted(by: { $0.key < $1.key }) { layers.append(try layer.get()) }
        return layers
    }

    /// About what a context of so many tokens takes, in bytes: the weights, keys, values and their indexes, and the rows of the
    /// layer under way.
    public func memory(context: Int) -> Int {
        let c = configuration
        let kept = c.layers * c.keyHeads * c.dimension * 2 * 5 / 2
        return bytes + 4 * context * (2 * c.width + 4 * c.heads * c.dimension + kept)
    }

    /// Root mean square normalisation of rows, and a factor for every column.
    func normalise(
        _ rows: UnsafeMutableBufferPointer<Float>, by scale: [Float],
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        let width = configuration.width
        precondition(rows.count == result.count && rows.count % width == 0 && scale.count == width)
        ck_root_mean_square(
            rows.baseAddress, width, rows.count / width, configuration.epsilon, result.baseAddress)
        guard let first = result.baseAddress else { return }
        for start in stride(from: 0, to: rows.count, by: width) {
            ck_multiply_floats(first + start, scale, width)
        }
    }

    /// The row of hidden state that a token begins with.
    func embed(_ token: Int, into hidden: UnsafeMutableBufferPointer<Float>) {
        embedding.copyRow(max(0, min(token, configuration.vocabulary - 1)), into: hidden)
    }

    /// The logits after rows of hidden state: `vocabulary` floats a row.
    func logits(
        of hidden: UnsafeMutableBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Float>,
        _ bench: LlamaBench,
        _ runner: some ProductRunner
    ) {
        let normed = bench.normed.part(0..<hidden.count / configuration.width)
        normalise(hidden, by: scale, into: normed)
        bench.input.set(normed, columns: configuration.width)
        runner.multiply(bench.input, [(ownHead ?? embedding, result)])
    }
}

extension LlamaModel {
    /// The architectures that are computed here, and the types of tensors that are read.
    public static var architectures: [String] { LlamaConfiguration.architectures }
    public static var tensorTypes: String { GGUFTensorType.list }

    /// What a file's header says of its model.
    public struct Card: Sendable {
        public let architecture: String
        public let parameters: Int
        public let context: Int
        /// "210 Q4_1, 61 F32, 1 Q8_0".
        public let types: String
        /// Bytes that its weights take here.
        public let memory: Int
    }

    /// Reads a header alone, with the tokenizer that it holds.
    /// - Throws: ``GGUFFault`` where the model is none that runs here.
    public static func card(path: String) throws(GGUFFault) -> Card {
        let file = try GGUFFile(path: path)
        let c = try LlamaConfiguration(file)
        _ = try GGUFTokenizer.read(file, count: c.vocabulary)
        return Card(
            architecture: c.architecture, parameters: file.parameters, context: c.context, types: file.types,
            memory: file.memory)
    }

    /// The model of a file, read once: decoders share it.
    /// - Throws: ``GGUFFault``.
    public static func shared(path: String) throws(GGUFFault) -> LlamaModel {
        if let model = read.withLock({ $0[path] }) { return model }
        let model = try LlamaModel(path: path)
        read.withLock { $0[path] = model }
        return model
    }

    private static let read = Mutex<[String: LlamaModel]>([:])
}

import Foundation

/// A model of the Llama family that is made here: random weights, 2 layers, 4 query heads over 2 of keys, d = 16.
public struct TinyModel {
    public var writer = GGUFWriter()
    public let width = 64
    public let inner = 96
    public let heads = 4
    public let keyHeads = 2
    public let dimension = 16
    public let layers = 2
    public let words: [String]
    /// By tensor, row-major.
    public private(set) var numbers: [String: [Float]] = [:]

    /// - Parameters:
    ///   - quantised: whether the matrices are Q8_0.
    public init(architecture: String = "llama", quantised: Bool = false, seed: UInt64 = 7, omitting: Set<String> = []) {
        var words = (0..<256).map { byte in
            // As byte-level vocabularies write them; what they need beyond that does not matter here.
            (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
                ? String(Unicode.Scalar(UInt8(byte))) : ""
        }
        var next: UInt32 = 256
        for byte in words.indices where words[byte].isEmpty {
            words[byte] = String(Unicode.Scalar(next) ?? "?")
            next += 1
        }
        words += ["th", "the", "Ġthe", "at", "Ġc", "<|end|>"]
        self.words = words
        writer.put("general.architecture", architecture)
        writer.put("general.name", "Tiny")
        for (key, value) in [
            ("block_count", layers), ("context_length", 512), ("embedding_length", width),
            ("feed_forward_length", inner), ("attention.head_count", heads), ("attention.head_count_kv", keyHeads),
        ] where !omitting.contains(key) { writer.put("\(architecture).\(key)", value) }
        writer.put("\(architecture).rope.freq_base", Float(10_000))
        writer.put("\(architecture).attention.layer_norm_rms_epsilon", Float(1e-5))
        if !omitting.contains("tokenizer") {
            writer.put("tokenizer.ggml.model", "gpt2")
            writer.put("tokenizer.ggml.pre", "smollm")
            writer.put("tokenizer.ggml.tokens", words)
            writer.put("tokenizer.ggml.token_type", words.map { $0 == "<|end|>" ? Int32(3) : 1 })
            writer.put("tokenizer.ggml.merges", ["t h", "th e", "Ġ the", "a t", "Ġ c"])
            writer.put("tokenizer.ggml.bos_token_id", words.count - 1)
        }
        var state = seed
        func random() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Double(state >> 33) / Double(1 << 31)) - 0.5
        }
        func add(_ name: String, _ shape: [Int], around centre: Float = 0, _ size: Float) {
            guard !omitting.contains(name) else { return }
            var values = (0..<shape.reduce(1, *)).map { _ in centre + size * random() }
            if quantised, shape.count == 2 {
                let (data, exact) = Self.eightBits(values)
                values = exact
                writer.tensor(name, type: 8, shape: shape, data)
            } else {
                writer.tensor(name, shape: shape, values)
            }
            numbers[name] = values
        }
        add("token_embd.weight", [words.count, width], 1)
        for l in 0..<layers {
            add("blk.\(l).attn_norm.weight", [width], around: 1, 0.2)
            add("blk.\(l).attn_q.weight", [heads * dimension, width], 0.8)
            add("blk.\(l).attn_k.weight", [keyHeads * dimension, width], 0.8)
            add("blk.\(l).attn_v.weight", [keyHeads * dimension, width], 0.5)
            add("blk.\(l).attn_output.weight", [width, heads * dimension], 0.5)
            add("blk.\(l).ffn_norm.weight", [width], around: 1, 0.2)
            add("blk.\(l).ffn_gate.weight", [inner, width], 0.5)
            add("blk.\(l).ffn_up.weight", [inner, width], 0.5)
            add("blk.\(l).ffn_down.weight", [width, inner], 0.5)
            if architecture == "qwen2" {
                add("blk.\(l).attn_q.bias", [heads * dimension], 0.5)
                add("blk.\(l).attn_k.bias", [keyHeads * dimension], 0.5)
                add("blk.\(l).attn_v.bias", [keyHeads * dimension], 0.5)
            }
        }
        add("output_norm.weight", [width], around: 1, 0.2)
        if architecture == "qwen2" { add("output.weight", [words.count, width], 1) }
    }

    /// Q8_0 with a scale that half precision has exactly, and the numbers that it stands for.
    private static func eightBits(_ values: [Float]) -> (Data, [Float]) {
        var data = Data()
        var exact: [Float] = []
        for start in stride(from: 0, to: values.count, by: 32) {
            // 2^-8.
            data += GGUFWriter.bytes(UInt16(0x1C00))
            for x in values[start..<start + 32] {
                let code = Int8(max(-127, min(127, (x * 256).rounded())))
                data.append(UInt8(bitPattern: code))
                exact.append(Float(code) / 256)
            }
        }
        return (data, exact)
    }
}

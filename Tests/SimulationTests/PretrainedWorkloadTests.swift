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

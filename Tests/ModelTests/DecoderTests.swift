import Assets
import Attention
import Foundation
import HalfSpace
import Testing

@testable import Model

/// A decoder's ways agree with each other: prompts with steps, indexes with dense attention, and back with forth.
@Suite struct DecoderTests {
    private func decoder(_ kind: String, rule: ThresholdSettings = ThresholdSettings(rule: .learned)) throws
        -> ByteDecoder
    {
        ByteDecoder(try .shared(path: Assets.find(.model, kind).path), capacity: 4096, rule: rule)
    }

    private func play(_ count: Int) throws -> [Int] { try Data(contentsOf: Assets.play).prefix(count).map(Int.init) }

    /// Chunks of a prompt are cut where windows reach over: every length gives what steps give.
    @Test(arguments: [1, 2, 63, 64, 65, 383, 384, 385, 900]) func promptsGiveWhatStepsGive(count: Int) throws {
        let text = try play(count)
        let atOnce = try decoder("relu2")
        let logits = try atOnce.prefill(text, threads: 2) { _ in }
        let slowly = try decoder("relu2")
        var step = DecodedStep()
        for byte in text { step = try slowly.step(byte, .reporting) }
        #expect(Logits.difference(logits, step.logits) < 1e-4)
        // What is kept goes on in the same way.
        for byte in [65, 10, 200, 0] {
            let (a, b) = (try atOnce.step(byte, .both), try slowly.step(byte, .dense))
            #expect(Logits.difference(a.logits, b.logits) < 1e-4)
            #expect(Logits.difference(a.logits, try #require(a.naiveLogits)) < 1e-4)
        }
        #expect(atOnce.bytes == slowly.bytes)
    }

    /// Caches in half precision: other logits than those of float32, and both ways the same, since both read the same bytes.
    @Test(arguments: [NumberFormat.bfloat16, .float16]) func halvedCachesAreReadAlike(format: NumberFormat) throws {
        let model = try ByteModel.shared(path: Assets.find(.model, "relu2").path)
        let (halved, whole) = (ByteDecoder(model, capacity: 1024, format: format), ByteDecoder(model, capacity: 1024))
        let text = try play(900)
        let prompted = try halved.prefill(text, threads: 2) { _ in }
        #expect(Logits.difference(prompted, try whole.prefill(text, threads: 2) { _ in }) > 1e-5)
        try halved.buildIndexes()
        for byte in [65, 10, 200, 0, 32, 101] {
            let step = try halved.step(byte, .both)
            #expect(Logits.difference(step.logits, try #require(step.naiveLogits)) < 1e-4)
            #expect(Logits.difference(step.logits, try whole.step(byte, .dense).logits) < 0.5)
        }
        let store = halved.heads[0].store
        #expect(store.format == format && Array(store.keys) == store.keys.map(format.rounded))
    }

    @Test func goingBackGivesTheSameLogits() throws {
        let decoder = try decoder("entmax")
        _ = try decoder.prefill(try play(700), threads: nil) { _ in }
        try decoder.buildIndexes()
        let mark = decoder.mark()
        let text = Array("that is the question".utf8).map(Int.init)
        let first = try text.map { try decoder.step($0, .reporting).logits }
        decoder.rewind(to: mark)
        #expect(decoder.bytes.count == 700)
        let second = try text.map { try decoder.step($0, .reporting).logits }
        #expect(zip(first, second).allSatisfy { Logits.difference($0, $1) < 1e-5 })
    }

    /// Softmax over few keys is another thing than softmax over all, and says so.
    @Test func softmaxOverFewKeysDiffers() throws {
        let decoder = try decoder("softmax", rule: ThresholdSettings(rule: .count, budget: .keys(4)))
        _ = try decoder.prefill(try play(900), threads: nil) { _ in }
        try decoder.buildIndexes()
        let step = try decoder.step(32, .both)
        #expect(step.reported.allSatisfy { $0 == 4 })
        #expect(Logits.difference(step.logits, try #require(step.naiveLogits)) > 1e-3)
        decoder.rule = ThresholdSettings(rule: .learned)
        let whole = try decoder.step(32, .both)
        #expect(whole.reported.allSatisfy { $0 == 902 })
        #expect(Logits.difference(whole.logits, try #require(whole.naiveLogits)) < 1e-4)
    }

    @Test func aFullContextIsRefused() throws {
        let decoder = ByteDecoder(try .shared(path: Assets.find(.model, "relu2").path), capacity: 8)
        #expect(throws: ContextFull(capacity: 8)) {
            try decoder.prefill(Array(repeating: 65, count: 9), threads: nil) { _ in }
        }
        for byte in 0..<8 { _ = try decoder.step(byte, .reporting) }
        #expect(throws: ContextFull(capacity: 8)) { try decoder.step(0, .reporting) }
    }

    /// Held-out prose costs what the training's own evaluation found (context 1 024: 1.158 nats).
    @Test func surpriseIsThatOfTheTraining() throws {
        let text = try Array(Data(contentsOf: Assets.heldOutText).prefix(2000))
        let nats = try decoder("relu2").surprise(of: text, threads: nil) { _ in }
        let mean = nats.reduce(0, +) / Double(nats.count)
        #expect(nats.count == 1999)
        #expect((0.9...1.5).contains(mean))
    }

    @Test func samplersFollowTheirSeed() {
        let logits: [Float] = [0, 3, 1, 2.9]
        #expect(Sampler(temperature: 0).token(logits, position: 7) == 1)
        let drawn = (0..<200).map { Sampler(temperature: 1, seed: 5).token(logits, position: $0) }
        #expect(drawn == (0..<200).map { Sampler(temperature: 1, seed: 5).token(logits, position: $0) })
        #expect(Set(drawn).count >= 3)
        let few = (0..<200).map { Sampler(temperature: 1, topP: 0.6, seed: 5).token(logits, position: $0) }
        #expect(Set(few) == [1, 3])
        #expect(!(0..<200).map { Sampler(temperature: 1).token(logits, position: $0, excluded: [1]) }.contains(1))
    }
}

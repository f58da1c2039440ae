import Foundation
import GGUFSamples
import Testing

@testable import Model

/// GGUF files that are changed at random: a model that writes two tokens, or a sentence, and never anything else. For
/// `HALFSPACE_FUZZ_SECONDS`, or two.
@Suite struct GGUFFuzzTests {
    private static func setting(_ name: String) -> String? {
        ProcessInfo.processInfo.environment["HALFSPACE_FUZZ_\(name)"]
    }

    @Test func nothingElseHappens() throws {
        let bases = Self.bases()
        let path = try GGUFWriter.write(Data())
        defer { try? FileManager.default.removeItem(atPath: path) }
        let seed = Self.setting("SEED").flatMap(UInt64.init) ?? 1
        var dice = Dice(state: seed)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Self.setting("SECONDS").flatMap(Double.init) ?? 2)
        var (models, refused, trials) = (0, 0, 0)
        while clock.now < end || trials < 60 {
            trials += 1
            try Self.changed(bases[dice.roll(bases.count)], &dice).write(to: URL(fileURLWithPath: path))
            do throws(GGUFFault) {
                let file = try GGUFFile(path: path)
                for name in file.names {
                    guard let shape = file.shape(of: name), shape.reduce(1, *) < 1 << 20 else { continue }
                    _ = try? file.find(name, shape: shape).floats()
                }
                let model = try LlamaModel(path: path)
                models += 1
                Self.write(model)
            } catch {
                refused += 1
                #expect(!error.description.isEmpty && error.description.utf8.count < 8_000)
            }
        }
        print("fuzz: \(trials) files, \(models) models, \(refused) refused, seed \(seed)")
        #expect(models > 0 && refused > trials / 10)
    }

    /// Reads a text and writes two tokens; weights may be so large that keys are no numbers.
    private static func write(_ model: LlamaModel) {
        let text = model.tokenizer.beginning + model.tokenizer.tokens(of: Array("the cat, 12\u{E9}".utf8))
        guard !text.isEmpty, model.headShape.count < 64 else { return }
        let decoder = model.makeDecoder(capacity: text.count + 2, threads: 1, format: .float32)
        do {
            var logits = try decoder.prefill(text, threads: 1) { _ in }
            for _ in 0..<2 {
                let token = logits.indices.max { logits[$0] < logits[$1] } ?? 0
                _ = model.tokenizer.bytes(of: token)
                logits = try decoder.step(token, .both).logits
            }
        } catch {
            #expect(!"\(error)".isEmpty)
        }
    }

    /// Models of both architectures with weights as they are and quantised, and a file with blocks of every type.
    private static func bases() -> [Data] {
        var blocks = GGUFWriter()
        blocks.put("general.architecture", "llama")
        for type in GGUFTensorType.allCases {
            let bytes = (0..<2 * 256 / type.block * type.blockBytes).map { UInt8(truncatingIfNeeded: $0 &* 89 >> 3) }
            blocks.tensor(type.name, type: type.rawValue, shape: [2, 256], Data(bytes))
        }
        return [
            TinyModel().writer.data, TinyModel(quantised: true).writer.data,
            TinyModel(architecture: "qwen2").writer.data,
            TinyModel(architecture: "qwen2", quantised: true).writer.data, blocks.data,
        ]
    }

    /// Repeatable choices (Steele, Lea and Flood's splitmix64).
    private struct Dice {
        var state: UInt64

        mutating func roll(_ sides: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ z >> 31) >> 16) % max(1, sides)
        }
    }

    private static func changed(_ whole: Data, _ dice: inout Dice) -> Data {
        var content = whole
        for _ in 0...dice.roll(4) {
            guard !content.isEmpty else { return content }
            // The first kilobyte has the configuration, some more the vocabulary and the list of tensors.
            let at = dice.roll(min(content.count, [content.count, 800, 800, 6_000, 9_000][dice.roll(5)]))
            switch dice.roll(10) {
            case 0: content[at] = UInt8(dice.roll(256))
            case 1: content[at] ^= UInt8(1 << dice.roll(8))
            case 2: content[at] = [0, 1, 0x7F, 0x80, 0xFF, 0x1B, 9, 8][dice.roll(8)]
            case 3: content.remove(at: at)
            case 4: content.insert(UInt8(dice.roll(256)), at: at)
            case 5: content.removeLast(dice.roll(content.count))
            case 6:
                let length = min(dice.roll(64), content.count - at)
                content.insert(contentsOf: Data(content[at..<(at + length)]), at: dice.roll(content.count))
            case 7, 8:
                // A small whole number, as most of the configuration is.
                let number = [0, 1, 2, 3, 5, 7, 15, 16, 31, 33, 48, 64, 127, 255, 256, 1024, 65_536][dice.roll(17)]
                for (i, byte) in GGUFWriter.bytes(UInt32(number)).enumerated() where at + i < content.count {
                    content[at + i] = byte
                }
            default:
                for i in 0..<min(8, content.count - at) { content[at + i] = dice.roll(2) == 0 ? 0xFF : 0x7F }
            }
        }
        return content
    }
}

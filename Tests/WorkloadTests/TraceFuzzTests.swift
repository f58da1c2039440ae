import Foundation
import TemporaryFiles
import Testing

@testable import Workload

/// Files of every format with bytes, numbers and lengths changed at random: each is read or refused, and nothing else
/// happens. For `HALFSPACE_FUZZ_SECONDS`, or two.
@Suite struct TraceFuzzTests {
    private static var seconds: Double {
        ProcessInfo.processInfo.environment["HALFSPACE_FUZZ_SECONDS"].flatMap(Double.init) ?? 2
    }

    /// Repeatable choices.
    private struct Dice {
        let random: CounterRandom
        var count: UInt64 = 0

        mutating func roll(_ sides: Int) -> Int {
            count += 1
            return Int(random.bits(count) >> 16) % max(1, sides)
        }
    }

    /// What numbers in a header are changed to.
    private static let numbers = [
        "0", "-1", "1", "255", "256", "65536", "4294967295", "2147483648", "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551616", "1e308", "1e999", "0.5", "[]", "{}", "null", "\"\"", "[[[[[[[[", "NaN", "00",
    ]

    @Test func nothingElseHappens() throws {
        let folder = temporaryFile("traces")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bases = try Self.bases()
        let seed = ProcessInfo.processInfo.environment["HALFSPACE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        var dice = Dice(random: CounterRandom(seed: seed, stream: .keys))
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Self.seconds)
        var (read, refused, trials) = (0, 0, 0)
        while clock.now < end {
            trials += 1
            let (name, whole) = bases[dice.roll(bases.count)]
            let content = Self.changed(whole, &dice)
            let path = folder.appendingPathComponent(name)
            try Data(content).write(to: path)
            let words = folder.appendingPathComponent("x.words.txt")
            if dice.roll(50) == 0 { try Data(content).write(to: words) }
            defer { try? FileManager.default.removeItem(at: words) }
            do {
                let contents = try TraceContents(path: path.path)
                for layer in contents.layers.prefix(3) {
                    let head = try contents.head(layer: layer.number, head: layer.heads - 1, queries: 2)
                    #expect(head.queries.allSatisfy { $0.allSatisfy(\.isFinite) })
                    read += 1
                }
            } catch let error as WorkloadError {
                refused += 1
                // A sentence for a person, whatever the file holds.
                let text = error.description
                #expect(
                    text.utf8.count < 4_000 && !text.unicodeScalars.contains { $0.value < 0x20 }, "\(text.utf8.count)")
            }
        }
        print("fuzz: \(trials) files, \(read) heads read, \(refused) refused, seed \(seed)")
        #expect(read > trials / 50 && refused > trials / 10)
    }

    private static func changed(_ whole: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var content = whole
        // Numbers that are others, in a file that is sound.
        if dice.roll(3) == 0 {
            for _ in 0...dice.roll(4) {
                content[content.count / 2 + dice.roll(content.count / 2)] ^= UInt8(1 << dice.roll(8))
            }
            return content
        }
        for _ in 0...dice.roll(4) {
            guard !content.isEmpty else { return [] }
            // Headers are where mistakes are.
            let at = dice.roll(dice.roll(4) == 0 ? content.count : min(content.count, 400))
            switch dice.roll(8) {
            case 0: content[at] = UInt8(dice.roll(256))
            case 1: content[at] ^= UInt8(1 << dice.roll(8))
            case 2: content[at] = [0, 0xFF, 0x7F, 0x80, 0x22, 0x5C, 0x7B, 0x1B][dice.roll(8)]
            case 3: content.remove(at: at)
            case 4: content.insert(UInt8(dice.roll(256)), at: at)
            case 5: content.removeLast(dice.roll(content.count))
            case 6:
                let length = min(dice.roll(64), content.count - at)
                content.insert(contentsOf: content[at..<(at + length)], at: dice.roll(content.count))
            default:
                // A number in text, changed for another.
                guard let first = content[at...].firstIndex(where: { (0x30...0x39).contains($0) }) else { continue }
                let last = content[first...].firstIndex { !(0x30...0x39).contains($0) } ?? content.count
                content.replaceSubrange(first..<last, with: Array(numbers[dice.roll(numbers.count)].utf8))
            }
        }
        return content
    }

    private static func bases() throws -> [(String, [UInt8])] {
        let plain = try TraceBuilder(heads: 2, queries: 4, keys: 4)
        plain.metadata = [
            "causal": "true", "scale": "0.5", "softcap": "30", "sinks": "1,2", "heads": "4,5", "layout": "htd",
        ]
        let halves = try TraceBuilder()
        for role in ["q_proj", "k_proj", "v_proj"] {
            halves.add(
                "model.layers.3.self_attn.\(role)", dtype: "BF16", shape: [1, 3, 2, 2],
                bytes: (0..<24).map { UInt8($0) })
        }
        let index = "{\"weight_map\":{\"layers.0.q\":\"x.safetensors\",\"layers.0.k\":\"x.safetensors\"}}"
        let array = TraceFormatTests.array((0..<12).map(Float.init), shape: [2, 3, 2])
        return [
            ("x.safetensors", plain.content()), ("x.safetensors", halves.content()),
            ("x.safetensors.index.json", Array(index.utf8)), ("q.npy", array), ("k.npy", array), ("v.npy", array),
            ("x.npz", [UInt8](try #require(Data(base64Encoded: deflated)))),
            ("x.npz", [UInt8](try #require(Data(base64Encoded: stored)))), ("x.pt", plain.content()),
        ]
    }

    /// Python's zipfile: q, k and v of shape [4, 2], deflated.
    private static let deflated =
        "UEsDBC0AAAAIAAAAIQBFrKRk//////////8FABQAcS5ucHkBABAAoAAAAAAAAABaAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6l"
        + "oG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6CkaaOgq1CmQDLgYwaLAHEg5ABMQNQLwAiA8A8QMHAFBLAwQt"
        + "AAAACAAAACEAF0fBVv//////////BQAUAGsubnB5AQAQAKAAAAAAAAAAXgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ai"
        + "rqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RomOgpGmjoKtQpkAy4GhgZ7BgYGByAC4gYgXgDEB4D4ARAzOAIAUEsDBC0A"
        + "AAAIAAAAIQCC2Tij//////////8FABQAdi5ucHkBABAAoAAAAAAAAABeAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKu"
        + "o6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GiY6CkaaOgq1CmQDLgYGBgcgAuIGIF4AxAeA+AEQMzgyMAg4AgBQSwECLQMt"
        + "AAAACAAAACEARaykZFoAAACgAAAABQAAAAAAAAAAAAAAgAEAAAAAcS5ucHlQSwECLQMtAAAACAAAACEAF0fBVl4AAACgAAAABQAA"
        + "AAAAAAAAAAAAgAGRAAAAay5ucHlQSwECLQMtAAAACAAAACEAgtk4o14AAACgAAAABQAAAAAAAAAAAAAAgAEmAQAAdi5ucHlQSwUG"
        + "AAAAAAMAAwCZAAAAuwEAAAAA"

    /// Python's zipfile: q, k and v of shape [4, 2], stored.
    private static let stored =
        "UEsDBC0AAAAAAAAAIQBFrKRk//////////8FABQAcS5ucHkBABAAoAAAAAAAAACgAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzog"
        + "JzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICg0LCAyKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAAADAQAAA4EBQSwMELQAAAAAA"
        + "AAAhABdHwVb//////////wUAFABrLm5weQEAEACgAAAAAAAAAKAAAAAAAAAAk05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2Zv"
        + "cnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDQsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgICAgICAgICAgICAgICAgIAoAAIA/AAAAQAAAQEAAAIBAAACgQAAAwEAAAOBAAAAAQVBLAwQtAAAAAAAAACEAgtk4o///"
        + "////////BQAUAHYubnB5AQAQAKAAAAAAAAAAoAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRl"
        + "cic6IEZhbHNlLCAnc2hhcGUnOiAoNCwgMiksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg"
        + "ICAgICAgICAgICAgCgAAAEAAAEBAAACAQAAAoEAAAMBAAADgQAAAAEEAABBBUEsBAi0DLQAAAAAAAAAhAEWspGSgAAAAoAAAAAUA"
        + "AAAAAAAAAAAAAIABAAAAAHEubnB5UEsBAi0DLQAAAAAAAAAhABdHwVagAAAAoAAAAAUAAAAAAAAAAAAAAIAB1wAAAGsubnB5UEsB"
        + "Ai0DLQAAAAAAAAAhAILZOKOgAAAAoAAAAAUAAAAAAAAAAAAAAIABrgEAAHYubnB5UEsFBgAAAAADAAMAmQAAAIUCAAAAAA=="
}

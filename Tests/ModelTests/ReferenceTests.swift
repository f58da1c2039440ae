import Assets
import Foundation
import Testing

@testable import Model

/// The forward pass beside one in numpy that was written apart from it (`Reference/reference.json`).
@Suite struct ReferenceTests {
    struct Reference: Decodable {
        struct Case: Decodable {
            var kind: String
            var prompt: [UInt8]
            var top: [[Double]]
            var logSumExp: Double
            var activated: [String: [Int]]
            var greedy: [Int]

            enum CodingKeys: String, CodingKey {
                case kind
                case prompt = "prompt_bytes"
                case top = "top10"
                case logSumExp = "logsumexp"
                case activated = "activated_keys_last_position"
                case greedy = "greedy_bytes"
            }
        }
        var results: [Case]
    }

    static let kinds = ["relu2", "softmax", "entmax"]

    private func reference(_ kind: String) throws -> Reference.Case {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Reference/reference.json")
        let all = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
        return try #require(all.results.first { $0.kind == kind })
    }

    private func decoder(_ kind: String, capacity: Int = 1024) throws -> ByteDecoder {
        ByteDecoder(try ByteModel(path: try Assets.find(.model, kind).path), capacity: capacity)
    }

    private func check(_ logits: [Float], _ expected: Reference.Case) {
        let order = logits.indices.sorted { logits[$0] > logits[$1] }
        for (place, entry) in expected.top.enumerated() {
            #expect(order[place] == Int(entry[0]))
            #expect(abs(Double(logits[Int(entry[0])]) - entry[1]) < 1e-3)
        }
        let surprise = Logits.surprise(of: order[0], logits)
        #expect(abs(surprise - (expected.logSumExp - expected.top[0][1])) < 1e-3)
    }

    /// Byte by byte: logits, the keys that have a weight, and sixty-four bytes of greedy text, both ways.
    @Test(arguments: kinds) func stepsAgree(kind: String) throws {
        let expected = try reference(kind)
        let decoder = try decoder(kind)
        var step = DecodedStep()
        for (i, byte) in expected.prompt.enumerated() {
            if i == 256 { try decoder.buildIndexes() }
            step = try decoder.step(Int(byte), .both)
        }
        check(step.logits, expected)
        check(try #require(step.naiveLogits), expected)
        try checkActivated(decoder, expected)
        var (greedy, naive): ([Int], [Int]) = ([], [])
        for _ in expected.greedy {
            greedy.append(Logits.largest(step.logits))
            naive.append(Logits.largest(try #require(step.naiveLogits)))
            step = try decoder.step(greedy[greedy.count - 1], .both)
        }
        #expect(greedy == expected.greedy)
        #expect(naive == expected.greedy)
    }

    private func checkActivated(_ decoder: ByteDecoder, _ expected: Reference.Case) throws {
        let shape = decoder.model.headShape
        for (i, head) in decoder.heads.enumerated() {
            let counts = try #require(expected.activated["layer\(shape.layers[i / shape.headsPerLayer])"])
            let count =
                expected.kind == "softmax" ? head.reported : try head.entries().shares.count { $0 > 0 }
            #expect(count == counts[i % shape.headsPerLayer], "\(shape.name(i))")
        }
    }

    /// The prompt at once, and the text after it.
    @Test(arguments: kinds) func promptsAgree(kind: String) throws {
        let expected = try reference(kind)
        let decoder = try decoder(kind)
        var logits = try decoder.prefill(expected.prompt.map(Int.init), threads: nil) { _ in }
        check(logits, expected)
        try decoder.buildIndexes()
        for byte in expected.greedy {
            #expect(Logits.largest(logits) == byte)
            logits = try decoder.step(byte, .reporting).logits
        }
    }
}

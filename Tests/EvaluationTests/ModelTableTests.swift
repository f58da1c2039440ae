import Assets
import Foundation
import HalfSpace
import Model
import Testing

@testable import Evaluation

/// T12 against the models run step by step, which is another way through them than the table's.
@Suite struct ModelTableTests {
    private static let length = 120

    private func text() throws -> [UInt8] { Array(try Data(contentsOf: Assets.heldOutText).prefix(Self.length)) }

    private func model(_ name: String) throws -> ByteModel { try .shared(path: Assets.find(.model, name).path) }

    /// Nats a byte over the last half as the table takes it, in float64 from the logits of steps that attend to every key.
    private func nats(_ model: ByteModel, _ text: [UInt8]) throws -> Double {
        let decoder = ByteDecoder(model, capacity: text.count)
        var sum = 0.0
        for (i, byte) in text.dropLast().enumerated() {
            let logits = try decoder.step(Int(byte), .dense).logits.map(Double.init)
            guard i >= text.count / 2 else { continue }
            let largest = logits.max() ?? 0
            let whole = largest + log(logits.reduce(0) { $0 + exp($1 - largest) })
            sum += whole - logits[Int(text[i + 1])]
        }
        return sum / Double(text.count - 1 - text.count / 2)
    }

    @Test func theOwnRuleGivesTheModelsNats() throws {
        let text = try text()
        let models = try ["relu2", "softmax", "entmax"].map(model)
        let table = try Evaluation.languageModels(models, pieces: [text])
        let object = try JSONSerialization.jsonObject(with: Data(table.json.utf8)) as? [String: Any]
        let rows = try #require(object?["rows"] as? [[String: Any]])
        func row(_ model: String, _ rule: String, r: String? = nil) throws -> [String: Any] {
            try #require(
                rows.first {
                    $0["model"] as? String == model && $0["rule"] as? String == rule
                        && (r == nil || $0["r"] as? String == r)
                })
        }
        for model in models {
            let own = try #require(try row(model.name, "learned")["nats"] as? Double)
            #expect(abs(own - (try nats(model, text))) < 2e-3, "\(model.name)")
        }
        // Softmax over at least as many keys as there are is softmax; fewer keys are never more than were asked for.
        let all = try row("softmax", "count", r: "1024")
        #expect(abs(try #require(all["more"] as? Double)) < 1e-3)
        for r in [4, 16] {
            let kept = try #require(try row("softmax", "count", r: "\(r)")["kept"] as? Double)
            #expect(kept <= Double(r) && kept > 0)
        }
        let few = try #require(try row("softmax", "count", r: "4")["more"] as? Double)
        #expect(abs(few) > 1e-4)
        // Entmax finds its own threshold: it has one rule.
        #expect(rows.count { $0["model"] as? String == "entmax" } == 1)
    }
}

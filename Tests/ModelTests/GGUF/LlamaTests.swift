import Attention
import Foundation
import GGUFSamples
import Testing

@testable import Model

/// The forward pass of the Llama family on models that are made here, beside a plain one in float64 that is written apart from it.
@Suite struct LlamaTests {
    /// Every logit of every position.
    private static func plain(_ tiny: TinyModel, _ tokens: [Int], isQwen: Bool) -> [[Double]] {
        let (width, d) = (tiny.width, tiny.dimension)
        func tensor(_ name: String) -> [Double] { (tiny.numbers[name] ?? []).map(Double.init) }
        func product(_ name: String, _ x: [Double], bias: String? = nil) -> [Double] {
            let w = tensor(name)
            let b = bias.map(tensor) ?? []
            return (0..<w.count / x.count).map { r -> Double in
                var sum = b.isEmpty ? 0 : b[r]
                for t in x.indices { sum += w[r * x.count + t] * x[t] }
                return sum
            }
        }
        func norm(_ x: [Double], _ name: String) -> [Double] {
            var square = 0.0
            for entry in x { square += entry * entry }
            let scale = 1 / (square / Double(x.count) + Double(Float(1e-5))).squareRoot()
            return zip(x, tensor(name)).map { $0 * scale * $1 }
        }
        func turn(_ x: [Double], _ position: Int) -> [Double] {
            var y = x
            for start in stride(from: 0, to: x.count, by: d) {
                for i in 0..<d / 2 {
                    let angle = Double(position) * pow(10_000, -2 * Double(i) / Double(d))
                    let (a, b) = isQwen ? (start + i, start + i + d / 2) : (start + 2 * i, start + 2 * i + 1)
                    y[a] = x[a] * cos(angle) - x[b] * sin(angle)
                    y[b] = x[a] * sin(angle) + x[b] * cos(angle)
                }
            }
            return y
        }
        let embedding = tensor("token_embd.weight")
        var states = tokens.map { Array(embedding[$0 * width..<($0 + 1) * width]) }
        for l in 0..<tiny.layers {
            func bias(_ name: String) -> String? { isQwen ? "blk.\(l).\(name).bias" : nil }
            let normed = states.map { norm($0, "blk.\(l).attn_norm.weight") }
            let q = normed.enumerated().map {
                turn(product("blk.\(l).attn_q.weight", $0.element, bias: bias("attn_q")), $0.offset)
            }
            let k = normed.enumerated().map {
                turn(product("blk.\(l).attn_k.weight", $0.element, bias: bias("attn_k")), $0.offset)
            }
            let v = normed.map { product("blk.\(l).attn_v.weight", $0, bias: bias("attn_v")) }
            for i in states.indices {
                var attended: [Double] = []
                for h in 0..<tiny.heads {
                    let g = h / (tiny.heads / tiny.keyHeads)
                    var scores: [Double] = []
                    for j in 0...i {
                        var sum = 0.0
                        for t in 0..<d { sum += q[i][h * d + t] * k[j][g * d + t] }
                        scores.append(sum / Double(d).squareRoot())
                    }
                    let top = scores.max() ?? 0
                    let weights = scores.map { exp($0 - top) }
                    let total = weights.reduce(0, +)
                    for t in 0..<d {
                        var sum = 0.0
                        for j in 0...i { sum += weights[j] / total * v[j][g * d + t] }
                        attended.append(sum)
                    }
                }
                let given = product("blk.\(l).attn_output.weight", attended)
                states[i] = zip(states[i], given).map { $0 + $1 }
                let inner = norm(states[i], "blk.\(l).ffn_norm.weight")
                let gate = product("blk.\(l).ffn_gate.weight", inner)
                let up = product("blk.\(l).ffn_up.weight", inner)
                let wide = zip(gate, up).map { $0 / (1 + exp(-$0)) * $1 }
                states[i] = zip(states[i], product("blk.\(l).ffn_down.weight", wide)).map { $0 + $1 }
            }
        }
        let head = tiny.numbers["output.weight"] == nil ? "token_embd.weight" : "output.weight"
        return states.map { product(head, norm($0, "output_norm.weight")) }
    }

    private let text = (0..<40).map { ($0 * 37 + 11) % 260 }

    /// Steps both ways, and the same text as a prompt: float32 weights, 8-bit weights, Qwen2's biases and order of rotation.
    @Test(arguments: [("llama", false), ("llama", true), ("qwen2", false), ("qwen2", true)], [1, 2])
    func agreesWithAPlainPass(kind: (String, Bool), threads: Int) throws {
        let tiny = TinyModel(architecture: kind.0, quantised: kind.1)
        let model = try LlamaModel(path: try tiny.writer.write())
        let expected = Self.plain(tiny, text, isQwen: kind.0 == "qwen2")
        let tolerance = kind.1 ? 0.02 : 1e-3
        let decoder = LlamaDecoder(model, capacity: 64, rule: ThresholdSettings(rule: .learned), threads: threads)
        for (position, token) in text.enumerated() {
            if position == 20 { try decoder.buildIndexes() }
            let step = try decoder.step(token, .both)
            for (ours, theirs) in zip(step.logits, expected[position]) {
                #expect(abs(Double(ours) - theirs) < tolerance)
            }
            #expect(Logits.difference(step.logits, step.naiveLogits ?? []) < 1e-4)
        }
        let prompted = LlamaDecoder(model, capacity: 64, threads: threads)
        let logits = try prompted.prefill(text, threads: threads) { _ in }
        for (ours, theirs) in zip(logits, expected[text.count - 1]) { #expect(abs(Double(ours) - theirs) < tolerance) }
        let halved = LlamaDecoder(model, capacity: 64, threads: threads, format: .bfloat16)
        let rounded = try halved.prefill(text, threads: threads) { _ in }
        let away = Logits.difference(rounded, logits)
        #expect(away > 0)
        try halved.buildIndexes()
        halved.rule = ThresholdSettings(rule: .count, budget: .keys(64))
        let both = try halved.step(5, .both)
        #expect(Logits.difference(both.logits, both.naiveLogits ?? []) < 1e-4)
        // What a prompt leaves is what steps leave.
        let next = try decoder.step(5, .dense).logits
        #expect(Logits.difference(next, try prompted.step(5, .dense).logits) < 1e-3)
    }

    @Test func fewerKeysAreReportedWhereFewerAreAskedFor() throws {
        let model = try LlamaModel(path: try TinyModel(quantised: true).writer.write())
        let decoder = LlamaDecoder(
            // More threads than sets of keys: heads of a set are asked side by side.
            model, capacity: 128, rule: ThresholdSettings(rule: .count, budget: .keys(5)), threads: 3)
        _ = try decoder.prefill(text, threads: 2) { _ in }
        try decoder.buildIndexes(choice: .fixed(.brute))
        let step = try decoder.step(7, .both)
        #expect(step.reported == Array(repeating: 5, count: 8))
        #expect(step.shares.allSatisfy { $0 > 0 && $0 < 1 } && step.errors.allSatisfy { $0 > 0 })
        #expect(step.queries.count == 8 && step.thresholds.count == 8)
        // All keys: nothing is lost.
        decoder.rule.budget = .power(1)
        let all = try decoder.step(7, .both)
        #expect(all.shares.allSatisfy { $0 > 0.9999 } && all.errors.allSatisfy { $0 < 1e-4 })
        #expect(Logits.difference(all.logits, all.naiveLogits ?? []) < 1e-3)
    }

    /// The keys that are left out, taken by the means of their cells, bring the output nearer to dense attention's.
    @Test func theResidualBringsOutputsNearer() throws {
        let model = try LlamaModel(path: try TinyModel().writer.write())
        let prompt = (0..<200).map { $0 * 37 % 200 }
        func errors(residual: Bool, budget: Budget) throws -> [Float] {
            let decoder = LlamaDecoder(
                model, capacity: 260, rule: ThresholdSettings(rule: .count, budget: budget), threads: 2)
            decoder.takesResidual = residual
            _ = try decoder.prefill(prompt, threads: 2) { _ in }
            try decoder.buildIndexes()
            return try (0..<40).flatMap { token in
                let step = try decoder.step(token, .both)
                // The share is that of the keys that were kept, with the residual or without.
                #expect(step.shares.allSatisfy { $0 < 1 || budget == .power(1) })
                return step.errors
            }
        }
        let (without, with) = (
            try errors(residual: false, budget: .keys(8)), try errors(residual: true, budget: .keys(8))
        )
        #expect(with.reduce(0, +) < 0.9 * without.reduce(0, +), "\(with.reduce(0, +)) \(without.reduce(0, +))")
        #expect(try errors(residual: true, budget: .power(1)).allSatisfy { $0 < 1e-4 })
    }

    /// Under a promise heads for which no index pays read every key, and their error is rounding; another rule ends that.
    @Test func headsStayDenseWhereNoIndexPays() throws {
        let model = try LlamaModel(path: try TinyModel().writer.write())
        let rule = ThresholdSettings(rule: .error, goal: ErrorGoal(epsilon: 1e-6))
        let decoder = LlamaDecoder(model, capacity: 300, rule: rule, threads: 2)
        _ = try decoder.prefill((0..<256).map { $0 * 31 % 250 }, threads: 2) { _ in }
        try decoder.buildIndexes()
        // So small an error asks for nearly every one of few keys.
        #expect(decoder.heads.allSatisfy { $0.staysDense })
        #expect((0..<decoder.heads.count).allSatisfy { (decoder.hints(of: $0).expectedShare ?? 0) > 0.5 })
        let step = try decoder.step(3, .both)
        #expect(step.reported.allSatisfy { $0 == 257 } && step.errors.allSatisfy { $0 < 1e-5 })
        decoder.rule = ThresholdSettings(rule: .count, budget: .keys(4))
        #expect(decoder.heads.allSatisfy { !$0.staysDense })
        #expect(try decoder.step(3, .reporting).reported.allSatisfy { $0 < 20 })
    }

    @Test func aMarkIsComeBackTo() throws {
        let model = try LlamaModel(path: try TinyModel().writer.write())
        let decoder = LlamaDecoder(model, capacity: 128)
        _ = try decoder.prefill(text, threads: nil) { _ in }
        try decoder.buildIndexes()
        let mark = decoder.mark()
        let first = try [3, 1, 4].map { try decoder.step($0, .reporting).logits }
        decoder.rewind(to: mark)
        #expect(decoder.tokens == text)
        #expect(try [3, 1, 4].map { try decoder.step($0, .reporting).logits } == first)
    }

    @Test func aFullContextSaysSo() throws {
        let model = try LlamaModel(path: try TinyModel().writer.write())
        let decoder = LlamaDecoder(model, capacity: 2)
        _ = try decoder.step(1, .reporting)
        _ = try decoder.step(1, .reporting)
        #expect(throws: ContextFull.self) { try decoder.step(1, .reporting) }
        #expect(throws: ContextFull.self) {
            try LlamaDecoder(model, capacity: 2).prefill([1, 2, 3], threads: nil) { _ in }
        }
    }

    @Test func whatAModelLacksIsSaid() throws {
        func problem(_ tiny: TinyModel) throws -> GGUFFault.Problem? {
            let path = try tiny.writer.write()
            do throws(GGUFFault) {
                _ = try LlamaModel(path: path)
                return nil
            } catch {
                return error.problem
            }
        }
        #expect(try problem(TinyModel(architecture: "gpt-neox")) == .architecture("gpt-neox"))
        #expect(try problem(TinyModel(omitting: ["block_count"])) == .missing(key: "llama.block_count"))
        #expect(
            try problem(TinyModel(omitting: ["blk.1.ffn_up.weight"])) == .missingTensor("blk.1.ffn_up.weight"))
        #expect(
            try problem(TinyModel(architecture: "qwen2", omitting: ["blk.0.attn_k.bias"]))
                == .missingTensor("blk.0.attn_k.bias"))
        #expect(
            try problem(TinyModel(omitting: ["tokenizer"]))
                == .tokenizer("holds no tokenizer (tokenizer.ggml.model); convert the model with its own"))
        var moe = TinyModel()
        moe.writer.put("llama.expert_count", 8)
        #expect(try problem(moe) == .notSupported("a choice among 8 experts"))
        var window = TinyModel()
        window.writer.put("llama.attention.sliding_window", 100)
        #expect(try problem(window) == .notSupported("attention to a window of 100 tokens"))
        var scaled = TinyModel()
        scaled.writer.put("llama.rope.scaling.type", "yarn")
        #expect(try problem(scaled) == .notSupported("rotary positions scaled by “yarn”"))
        #expect(
            GGUFFault(path: "x", .architecture("gpt-neox")).description
                == "x: is a model of architecture “gpt-neox”; known are llama and qwen2")
    }
}

import Assets
import Foundation
import GGUFSamples
import TemporaryFiles
import Testing

extension EndToEnd {
    /// Commands on a GGUF file, as a script meets them; the model is made here.
    @Suite struct Pretrained {
        private let model: String
        private let text: String

        init() throws {
            model = try TinyModel(quantised: true).writer.write()
            text = temporaryFile("prompt.txt").path
            try String(repeating: "the cat at the café, 12 thé. ", count: 40)
                .write(toFile: text, atomically: true, encoding: .utf8)
        }

        private func objects(_ arguments: [String]) throws -> [[String: Any]] {
            let result = try Program.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
            return try result.output.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
        }

        @Test func itWrites() throws {
            let records = try objects([
                "stream", "--workload", "model", "--model", model, "--prompt", "the cat", "--generate", "8",
                "--temperature",
                "0", "--dense-every", "2",
            ])
            #expect(records.count == 8)
            #expect(records.count { $0["same_text"] is Bool } == 4)
            for record in records {
                #expect((record["reported"] as? [Int])?.count == 8)
                #expect((record["token_us"] as? Double ?? 0) > 0)
            }
        }

        /// Twice as many records as tokens: the text through half-space reporting, then the dense one beside it.
        @Test func twoDecodesAreCompared() throws {
            let arguments = [
                "stream", "--model", model, "--prompt", "the cat", "--generate", "6", "--compare", "--temperature", "0",
                "--budget", "n^1", "--residual",
            ]
            let records = try objects(arguments)
            #expect(records.count == 12 && records.count { $0["same_text"] as? Bool == true } == 6)
            #expect(records.prefix(6).allSatisfy { $0["naive_us"] is NSNull })
            #expect(records.suffix(6).allSatisfy { ($0["naive_us"] as? Double ?? 0) > 0 })
            #expect(try Program.run(arguments).errors.contains("6 of 6 tokens are the same"))
            let refused = try Program.run(arguments + ["--dense-every", "2"])
            #expect(refused.status != 0 && refused.errors.contains("--compare decodes"))
        }

        @Test func theTableHasALineARule() throws {
            let lines = try objects([
                "evaluate", "--table", "T12", "--model", model, "--text", text, "--n", "60", "--format", "json",
            ])
            let rules = lines.compactMap { $0["rule"] as? String }
            #expect(
                rules == [
                    "full", "r=4", "r=16", "r=64", "r=256", "r=1024", "r=n^0.8", "calibrated", "error=0.01",
                    "r=16+residual", "r=64+residual", "r=256+residual", "r=n^0.8+residual", "calibrated+residual",
                ])
            func number(_ rule: String, _ name: String) throws -> Double {
                try #require(lines.first { $0["rule"] as? String == rule }?[name] as? Double)
            }
            let full = try number("full", "nats")
            #expect(abs(exp(full) - (try number("full", "perplexity"))) < 0.01 * exp(full))
            // More keys than there are is all of them, found in another way.
            #expect(abs(try number("r=1024", "nats") - full) < 1e-3)
            #expect(abs(try number("r=256+residual", "nats") - full) < 1e-3)
            #expect(try number("r=4", "kept") >= 4 && number("r=4", "kept") < 5)
        }

        /// Every policy has a line at each budget and reads no more keys than its bytes pay for; dense attention has the first.
        @Test func theTableHasALineAPolicy() throws {
            let lines = try objects([
                "evaluate", "--table", "T12", "--policies", "--model", model, "--text", text, "--n", "60", "--format",
                "json",
            ])
            let rules = lines.compactMap { $0["rule"] as? String }
            #expect(rules.first == "full" && rules.count == 1 + 2 * 12 && Set(rules).count == rules.count)
            let nats = try #require(lines.first?["nats"] as? Double)
            let dense = try objects([
                "evaluate", "--table", "T12", "--model", model, "--text", text, "--n", "60", "--format", "json",
            ])
            #expect(abs(nats - (try #require(dense.first?["nats"] as? Double))) < 1e-3)
            for line in lines.dropFirst() {
                let rule = try #require(line["rule"] as? String)
                let part = try #require(Double(rule.split(separator: "/").last ?? ""))
                #expect(try #require(line["kept"] as? Double) <= 30 / part, "\(rule)")
                #expect(try #require(line["nats"] as? Double).isFinite, "\(rule)")
            }
        }

        @Test func aTraceIsRecordedAndRead() throws {
            let out = temporaryFile("trace.safetensors")
            let result = try Program.run([
                "trace", "record", "--model", model, "--prompt", text, "--layers", "1", "--n", "100", "-o", out.path,
            ])
            #expect(result.status == 0, "\(result.errors)")
            let heads = try objects(["trace", out.path, "--queries", "8", "--format", "json"])
            #expect(heads.count == 4 && heads.allSatisfy { $0["layer"] as? Int == 1 })
        }

        @Test func modelsAreListed() throws {
            let models = try objects(["models", model, text, "--format", "json"])
            let names = models.compactMap { $0["name"] as? String }
            #expect(names.contains("relu2") && names.contains("softmax"))
            let own = try #require(models.first { $0["path"] as? String == model })
            #expect(own["architecture"] as? String == "llama" && own["context"] as? Int == 512)
            let broken = try #require(models.first { $0["path"] as? String == text })
            #expect((broken["problem"] as? String)?.contains("is not a GGUF file") == true)
        }

        @Test func whatCannotBeIsOneClearSentence() throws {
            let other = try TinyModel(architecture: "gpt-neox").writer.write()
            let whole = try Data(contentsOf: URL(fileURLWithPath: model))
            let cut = try GGUFWriter.write(whole.prefix(whole.count - 1000))
            let cases: [([String], Int32, String)] = [
                (["stream", "--model", other, "--generate", "1"], 65, "gpt-neox"),
                (["stream", "--model", cut, "--generate", "1"], 65, "cut short"),
                (["stream", "--model", "/nowhere/x.gguf", "--generate", "1"], 66, "/nowhere/x.gguf"),
                (["stream", "--model", model, "--generate", "1", "--n", "512"], 64, "--n 512"),
                (["stream", "--model", model, "--generate", "1", "--dense-every", "0"], 64, "--dense-every"),
                (["evaluate", "--table", "T12", "--model", model], 64, "--text"),
                (["evaluate", "--model", model, "--text", text], 64, "--table T12"),
                (["evaluate", "--table", "T12", "--model", model, "--text", "/nowhere/t"], 66, "/nowhere/t"),
                (["evaluate", "--table", "T12", "--model", model, "--text", text, "--n", "1000"], 64, "512"),
                (
                    ["trace", "record", "--model", model, "--prompt", text, "--layers", "2", "-o", "/tmp/x"], 64,
                    "layers from 0 to 1"
                ),
                (["trace", "record", "--model", model, "--prompt", text, "-o", "/nowhere/x"], 73, "/nowhere/x"),
            ]
            for (arguments, status, mention) in cases {
                let result = try Program.run(arguments)
                #expect(result.status == status, "\(arguments): \(result.errors)")
                #expect(result.errors.contains(mention), "\(arguments): \(result.errors)")
            }
        }
    }
}

import Assets
import Foundation
import Testing

extension EndToEnd {
    /// `halfspace stream --workload model` as a script meets it.
    @Suite struct Texts {
        private func records(_ arguments: [String]) throws -> [[String: Any]] {
            let result = try Program.run(["stream", "--workload", "model"] + arguments)
            #expect(result.status == 0, "\(result.errors)")
            return try result.output.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
        }

        @Test func aRecordALetter() throws {
            let records = try records([
                "--prompt", "The first line\nand a \"second\": ", "--generate", "12", "--temperature", "0",
            ])
            #expect(records.count == 12)
            for record in records {
                #expect(record["same_text"] as? Bool == true)
                #expect(record["text"] as? String == record["naive_text"] as? String)
                #expect((record["reported"] as? [Int])?.count == 8)
                #expect((record["logit_difference"] as? Double ?? 1) < 1e-3)
                for time in ["hsr_us", "naive_us", "token_us"] { #expect((record[time] as? Double ?? 0) > 0) }
            }
            let again = try self.records([
                "--prompt", "The first line\nand a \"second\": ", "--steps", "12", "--temperature", "0", "--format",
                "json",
            ])
            #expect(again.compactMap { $0["token"] as? Int } == records.compactMap { $0["token"] as? Int })
        }

        @Test(arguments: [
            (["--generate", "1", "--prompt", ""], 64, "the prompt is empty"),
            (["--generate", "0"], 64, "--generate 0"), (["--generate", "1", "--top-p", "0"], 64, "--top-p"),
            (["--generate", "1", "--temperature", "-1"], 64, "--temperature"),
            (["--generate", "1", "--head", "8"], 64, "heads are 0 to 7"),
            (["--generate", "1", "--model", "gelu"], 66, "relu2"),
            (["--generate", "1", "--model", "/nowhere/x.safetensors"], 66, "/nowhere/x.safetensors"),
            (["--generate", "1", "--model", Assets.trace.path], 65, "byte-level model"),
            (["--generate", "1", "--model", Assets.play.path], 65, "safetensors"),
            (["--generate", "1", "--alpha", "3"], 64, "--alpha"),
        ]) func whatCannotBeIsOneClearSentence(arguments: [String], status: Int, mention: String) throws {
            let result = try Program.run(["stream", "--workload", "model"] + arguments)
            #expect(Int(result.status) == status, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(mention), "\(result.errors)")
            #expect(result.output.isEmpty)
        }
    }
}

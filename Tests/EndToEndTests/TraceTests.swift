import Assets
import Foundation
import TemporaryFiles
import Testing

/// `halfspace trace`, and traces through the whole program.
@Suite struct TraceTests {
    @Test(arguments: [("minilm-layer1", 3, "every query sees every key"), ("smollm2-holmes-4096", 3, "causal")])
    func bothBundledTracesAreRanked(name: String, heads: Int, kind: String) throws {
        let table = try Program.run(["trace", name, "--queries", "4", "--sort", "keys90"])
        #expect(table.status == 0 && table.output.contains(kind), "\(table.errors)")
        let json = try Program.run(["trace", name, "--queries", "4", "--format", "json"])
        let lines = try json.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.compactMap { $0["head"] as? Int } == Array(0..<heads))
        let csv = try Program.run(["trace", name, "--queries", "4", "--format", "csv"])
        let columns = try #require(csv.output.split(separator: "\n").first).split(separator: ",").map(String.init)
        #expect(Set(columns) == Set(lines[0].keys) && csv.output.split(separator: "\n").count == heads + 1)
    }

    /// A stream, recorded, is replayed to the last bit of every count and threshold.
    @Test func aRecordingIsReplayed() throws {
        let path = temporaryFile("trace.safetensors")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let format = ["--steps", "20", "--format", "csv"]
        let first = try Program.run(["stream", "--n", "300", "--d", "8", "--seed", "9", "--trace-out", path] + format)
        let again = try Program.run(["stream", "--trace", path] + format)
        #expect(first.status == 0 && again.status == 0, "\(first.errors)\(again.errors)")
        func counts(_ output: String) -> [[Substring]] {
            output.split(separator: "\n").dropFirst().map { line in
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                return [0, 1, 7, 8, 9, 10, 11].map { fields[$0] }
            }
        }
        #expect(counts(first.output).count == 20 && counts(first.output) == counts(again.output))
        let same = try Program.run(["stream", "--trace", path, "--trace-out", path, "--steps", "1"])
        #expect(same.status == 64 && same.errors.contains("is the trace that is read"))
    }

    /// Softmax keeps to the error that is asked for, as it is certified.
    @Test func theErrorThatIsAskedForIsKept() throws {
        let run = try Program.run([
            "stream", "--trace", "smollm2-holmes-4096", "--steps", "20", "--activation", "softmax", "--epsilon", "0.05",
        ])
        #expect(run.status == 0, "\(run.errors)")
        for line in run.output.split(separator: "\n") {
            let record = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let goal = try #require(record["error_goal"] as? Double)
            #expect(try #require(record["max_abs_error"] as? Double) <= goal)
            #expect(record["goal_missed"] as? Int == 0 && record["missed"] as? Int == 0)
        }
    }
}

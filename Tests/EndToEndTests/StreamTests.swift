import Assets
import Foundation
import TemporaryFiles
import Testing

@Suite struct StreamTests {
    private func records(_ arguments: [String]) throws -> [[String: Any]] {
        let (output, errors, status) = try Program.run(["stream"] + arguments)
        #expect(status == 0 && errors.isEmpty, "\(errors)")
        return try output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func everyStepHasItsRecord() throws {
        let records = try records(["--steps", "5", "--n", "500", "--workload", "gaussian"])
        #expect(records.compactMap { $0["step"] as? Int } == [0, 1, 2, 3, 4])
        #expect(records.compactMap { $0["n"] as? Int } == [501, 502, 503, 504, 505])
        #expect(records.allSatisfy { $0["missed"] as? Int == 0 && $0["extra"] as? Int == 0 })
        let names = [
            "step", "n", "d", "workload", "activation", "alpha", "rule", "threshold", "reported", "candidates",
            "missed", "extra", "index", "hsr_us", "naive_us", "max_abs_error", "rel_error",
        ]
        #expect(Set(names).isSubset(of: Set(records[0].keys)))
    }

    @Test func halvedKeysAreNamedAndExact() throws {
        let records = try records([
            "--steps", "3", "--n", "800", "--d", "16", "--workload", "gaussian", "--store", "bf16", "--index",
            "quantised",
        ])
        #expect(records.allSatisfy { $0["store"] as? String == "bf16" })
        #expect(records.allSatisfy { $0["missed"] as? Int == 0 && $0["extra"] as? Int == 0 })
        let (_, errors, status) = try Program.run(["stream", "--steps", "1", "--store", "bf8"])
        #expect(status == 64 && errors.contains("f32") && errors.contains("bf16"))
    }

    @Test func theSameSeedPrintsTheSameCounts() throws {
        let counts = try (0..<2).map { _ in
            try records(["--steps", "20", "--n", "700", "--seed", "9"]).map {
                [$0["reported"] as? Int ?? -1, $0["candidates"] as? Int ?? -1]
            }
        }
        #expect(counts[0] == counts[1])
    }

    @Test func csvHasTheSameFieldsInTheSameOrder() throws {
        let (output, _, _) = try Program.run(
            ["stream", "--steps", "2", "--n", "100", "--format", "csv", "--activation", "softmax"])
        let lines = output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(lines.count == 3 && lines.allSatisfy { $0.count == lines[0].count })
        let alpha = try #require(lines[0].firstIndex(of: "alpha"))
        #expect(lines[1][alpha].isEmpty)
    }

    @Test func theTraceAgreesWithItsReference() throws {
        let file = temporaryFile("outputs.npy")
        defer { try? FileManager.default.removeItem(at: file) }
        for head in 0..<3 {
            let records = try records([
                "--steps", "8", "--workload", "trace", "--head", "\(head)", "--activation", "softmax", "--budget",
                "8192", "--outputs", file.path,
            ])
            #expect(records.allSatisfy { $0["reported"] as? Int == 8192 && $0["n"] as? Int == 8192 })
            let bytes = [UInt8](try Data(contentsOf: file))
            let rows = bytes.dropFirst(128).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            #expect(rows.count == 8 * 32)
            let reference = try reference()[head]
            for (query, expected) in reference.enumerated() {
                for (t, value) in expected.enumerated() {
                    #expect(abs(Double(rows[query * 32 + t]) - value) < 1e-5, "head \(head), query \(query)")
                }
            }
        }
    }

    /// The first components of softmax, by head and query, in float64.
    private func reference() throws -> [[[Double]]] {
        let url = Assets.trace.deletingPathExtension().appendingPathExtension("reference.json")
        let heads = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [[String: Any]])
        return try heads.map { head in
            try #require(head["queries"] as? [[String: Any]]).map {
                try #require($0["softmax_output_first8"] as? [Double])
            }
        }
    }

    /// The bounds of softmax stand in its records, above the error; others have none.
    @Test func softmaxHasItsBoundsInTheRecord() throws {
        for record in try records(["--steps", "4", "--n", "400", "--activation", "softmax", "--budget", "40"]) {
            let figures = try ["max_abs_error", "mass_bound", "certificate"].map { try #require(record[$0] as? Double) }
            #expect(figures[0] <= figures[1] && figures[1] <= figures[2])
            #expect(try #require(record["residual_error"] as? Double) >= 0)
        }
        let other = try records(["--steps", "1", "--n", "40"])[0]
        #expect(["mass_bound", "certificate", "residual_error"].allSatisfy { other[$0] is NSNull })
    }

    /// Scores of 1e-30 and of 1e30 find the set that the definition has, and both ways give its output.
    @Test(arguments: ["1e-30", "1e-20", "1e20", "1e30"], ["relu", "softmax", "entmax"])
    func temperaturesFarOut(_ temperature: String, _ activation: String) throws {
        let options = ["--steps", "3", "--n", "300", "--temperature", temperature, "--activation", activation]
        for record in try records(options) {
            #expect(record["missed"] as? Int == 0 && record["extra"] as? Int == 0)
            #expect(try #require(record["reported"] as? Int) > 0)
            #expect(try #require(record["naive_abs_error"] as? Double) < 1e-6)
            let error = try #require(record["max_abs_error"] as? Double)
            // Softmax leaves keys out, and where all weigh the same that is no small error.
            let bound = activation == "softmax" ? try #require(record["mass_bound"] as? Double) : 0
            #expect(error <= bound + 1e-6)
        }
    }

    @Test(arguments: ["1e-38", "1e38", "0", "nan", "-1"]) func noSuchTemperature(_ temperature: String) throws {
        let result = try Program.run(["stream", "--steps", "1", "--n", "10", "--temperature", temperature])
        #expect(result.status == 64 && result.errors.contains("is not a number from 1e-30 to 1e30"), "\(result.errors)")
    }

    /// Algorithms 1 and 2 give the engine's rows, over whatever they are run.
    @Test(arguments: [
        ["--n", "600", "--d", "3"], ["--n", "300", "--d", "9", "--activation", "softmax", "--budget", "30"],
        ["--n", "300", "--d", "2", "--activation", "entmax"], ["--n", "200", "--rule", "tight", "--offset", "-3"],
        ["--n", "0"], ["--n", "1"], ["--workload", "trace", "--activation", "relu", "--alpha", "2"],
    ]) func theAlgorithmsOfThePaperAgreeWithTheEngine(options: [String]) throws {
        let records = try records(["--paper", "--steps", "6"] + options)
        #expect(
            records.compactMap { $0["algorithm"] as? Int } == Array(repeating: 1, count: 6)
                + Array(repeating: 2, count: 6))
        for record in records {
            #expect(record["missed"] as? Int == 0 && record["extra"] as? Int == 0)
            #expect(try #require(record["max_difference"] as? Double) < 1e-4)
            #expect(try #require(record["max_abs_error"] as? Double) < 1e-4)
        }
        // Both report the same set where the rule does not count queries.
        if !options.contains("tight") {
            let counts = records.compactMap { $0["reported"] as? Int }
            #expect(Array(counts[..<6]) == Array(counts[6...]))
        }
    }

    @Test(arguments: [["--workload", "model"], ["--activation", "softmax", "--rule", "error"]])
    func theAlgorithmsTakeNoOtherRule(options: [String]) throws {
        let result = try Program.run(["stream", "--paper", "--steps", "1", "--n", "10"] + options)
        #expect(result.status == 64 && result.errors.contains("algorithms of the paper"), "\(result.errors)")
    }

    /// A causal trace is replayed to the end of the file, however short the prompt is.
    @Test func aCausalTraceRunsToTheEndOfTheFile() throws {
        let path = try Program.trace(tokens: 40)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let records = try records(["--trace", path, "--n", "10", "--steps", "32"])
        #expect(records.map { $0["n"] as? Int } == (11...40).map { $0 } + [11, 12])
        #expect(records.map { $0["sequence"] as? Int } == Array(repeating: 0, count: 30) + [1, 1])
    }

    @Test(arguments: [
        (["--steps", "1", "--nonsense"], 64, "nonsense"),
        (["--steps", "-1"], 64, "steps"),
        (["--steps", "1", "--d", "0"], 64, "dimension"),
        (["--steps", "1", "--d", "1025"], 64, "1024"),
        (["--steps", "1", "--n", "-3"], 64, "n"),
        (["--steps", "1", "--alpha", "1.5"], 64, "alpha"),
        (["--steps", "1", "--alpha", "9"], 64, "1 to 8"),
        (["--steps", "1", "--activation", "entmax", "--alpha", "1"], 64, "above 1"),
        (["--steps", "1", "--activation", "softmax", "--alpha", "2"], 64, "softmax"),
        (["--steps", "1", "--rule", "manual"], 64, "--threshold"),
        (["--steps", "1", "--rule", "count", "--threshold", "1"], 64, "manual"),
        (["--steps", "1", "--budget", "n^2"], 64, "budget"),
        (["--steps", "1", "--offset", "nan"], 64, "offset"),
        (["--steps", "1", "--head", "1"], 64, "trace"),
        (["--steps", "1", "--rank", "0"], 64, "1 or more"),
        (["--steps", "1", "--d", "8", "--rank", "9"], 64, "from 1 to the dimension d, 8"),
        (["--steps", "1", "--workload", "gaussian", "--rank", "2"], 64, "massive"),
        (["--steps", "1", "--workload", "gaussian", "--n", "900000000", "--d", "256"], 64, "GB"),
        (["--steps", "1", "--trace", "/nowhere/x.safetensors"], 66, "/nowhere/x.safetensors"),
        (["--steps", "1", "--trace", Assets.themes.path + "/dark.toml"], 65, "dark.toml"),
        (["--steps", "1", "--workload", "trace", "--head", "3"], 64, "head"),
        (["--steps", "1", "--workload", "trace", "--d", "16"], 64, "32"),
        (["--steps", "1", "--workload", "trace", "--names", "q.{layer}"], 64, "{part}"),
        (["--steps", "1", "--workload", "trace", "--layout", "hdt"], 64, "layout"),
        (["--steps", "1", "--workload", "trace", "--scale", "0"], 64, "scale"),
        (["--steps", "1", "--workload", "trace", "--scale", "nan"], 64, "scale"),
        (["--steps", "1", "--workload", "trace", "--scale", "inf"], 64, "scale"),
        (["--steps", "1", "--workload", "trace", "--softcap", "0", "--activation", "softmax"], 64, "soft cap"),
        (["--steps", "1", "--workload", "trace", "--softcap", "1"], 64, "softmax"),
        (["--steps", "1", "--workload", "trace", "--from", "256"], 64, "0 to 256"),
        (["--steps", "1", "--workload", "trace", "--from", "9223372036854775807"], 64, "0 to 256"),
        (["--steps", "1", "--workload", "trace", "--to", "0"], 64, "0 to 256"),
        (["--steps", "1", "--from", "1"], 64, "--from goes with --workload trace"),
        (["--steps", "1", "--rule", "error"], 64, "softmax"),
        (["--steps", "1", "--activation", "softmax", "--epsilon", "0"], 64, "epsilon"),
        (["--steps", "1", "--activation", "softmax", "--epsilon", "nan"], 64, "epsilon"),
        (["--steps", "1", "--activation", "softmax", "--rule", "count", "--epsilon", "1"], 64, "--rule error"),
        (["--steps", "1", "--activation", "softmax", "--by", "guess"], 64, "by"),
        (["--steps", "1", "--n", "10", "--trace-out", "/nowhere/out.safetensors"], 73, "/nowhere/out.safetensors"),
        (["--steps", "1", "--n", "10", "--outputs", "/nowhere/out.npy"], 73, "/nowhere/out.npy"),
    ]) func badInputIsOneClearSentence(arguments: [String], status: Int, mention: String) throws {
        let result = try Program.run(["stream"] + arguments)
        #expect(Int(result.status) == status, "\(arguments): \(result.errors)")
        #expect(result.errors.contains(mention), "\(result.errors)")
        #expect(result.output.isEmpty)
    }
}

import Foundation
import Testing

/// Options at the ends of what can be typed are taken or refused in a sentence.
@Suite struct ExtremeOptionTests {
    @Test func negativeNumbersAreValues() throws {
        for options in [["--threshold", "-0.5"], ["--offset", "-1"], ["--offset", "-1e-3"]] {
            let run = try Program.run(["stream", "--steps", "1", "--n", "64"] + options)
            #expect(run.status == 0, "\(options): \(run.errors)")
        }
        let refused = try Program.run(["stream", "--steps", "1", "--alpha", "-1"])
        #expect(refused.status == 64 && refused.errors.contains("--alpha -1 is not an integer from 1 to 8"))
    }

    @Test func aRefusalNamesItsCause() throws {
        func complaint(_ arguments: [String], _ environment: [String: String] = [:]) throws -> String {
            let run = try Program.run(arguments, environment: environment)
            #expect(run.status == 64, "\(arguments): \(run.status)")
            return run.errors
        }
        let stream = ["stream", "--steps", "1", "--n", "64"]
        #expect(try complaint(stream + ["--d", "6", "--index", "net"]).contains("d is 6"))
        #expect(try complaint(stream + ["--activation", "entmax", "--rule", "count"]).contains("leave out --rule"))
        #expect(try complaint(stream + ["--activation", "entmax", "--alpha", "1.0000001"]).contains("too close to 1"))
        #expect(try complaint(stream + ["--budget", "3"]).contains("--budget goes with --rule count"))
        #expect(try complaint(["bench", "decode", "--n", "0,4", "--d", "2"]).contains("--n"))
        let bench = ["bench", "decode", "--d", "2", "--n", "64"]
        #expect(try complaint(bench + ["--activation", "entmax", "--rule", "count"]).contains("leave out --rule"))
        #expect(try complaint(bench + ["--activation", "softmax", "--alpha", "2"]).contains("softmax has no --alpha"))
        #expect(try complaint(bench + ["--rule", "tight", "--threshold", "1"]).contains("goes with --rule manual"))
        #expect(try complaint(bench + ["--rule", "tight", "--budget", "1"]).contains("goes with --rule count"))
        #expect(try complaint(["bench", "decode", "--d", "256", "--n", "1000000000"]).contains("GB is available"))
        #expect(try complaint(["evaluate", "--head", "1"]).contains("--head goes with --workload trace"))
        #expect(try complaint(["bench", "decode", "--d", "5000"]).contains("--d 5000"))
        #expect(try complaint(stream, ["HALFSPACE_SIMD": "nonsense"]).contains("there are portable, avx2"))
        #expect(try complaint(["verify", "--level", "portable,avx3"]).contains("'avx3' is no level of the kernels"))
    }
}

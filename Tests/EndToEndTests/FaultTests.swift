import Foundation
import PseudoTerminal
import Testing

#if DEBUG
    extension EndToEnd {
        /// A fault in the drivers, planted in debug builds, is reported by everything that claims exactness.
        @Suite struct Faults {
            /// Keys missed near the boundary, keys reported beyond it, and sums that only say a key too many.
            static let faults = ["drop", "extra", "count"]

            private func plant(_ fault: String) -> [String: String] { ["HALFSPACE_FAULT": fault] }

            @Test(arguments: faults) func streamSaysSo(fault: String) throws {
                for index in ["tree", "quantised"] {
                    let (output, _, status) = try Program.run(
                        ["stream", "--steps", "6", "--n", "1000", "--index", index, "--workload", "gaussian"],
                        environment: plant(fault))
                    #expect(status == 0)
                    let records = try output.split(separator: "\n").map {
                        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
                    }
                    let wrong = records.reduce(0) { $0 + ($1[fault == "drop" ? "missed" : "extra"] as? Int ?? 0) }
                    #expect(records.count == 6 && wrong > 0, "\(index) \(fault)")
                }
            }

            @Test(arguments: faults) func benchSaysSo(fault: String) throws {
                let (output, _, status) = try Program.run(
                    [
                        "bench", "decode", "--n", "1024", "--d", "2", "--index", "tree", "--queries", "2", "--format",
                        "json",
                    ],
                    environment: plant(fault))
                #expect(status == 1)
                #expect(!output.contains("\"missed\": 0, \"extra\": 0"))
            }

            @Test(arguments: faults) func verifySaysSo(fault: String) throws {
                let (output, _, status) = try Program.run(
                    ["verify", "--seconds", "60", "--index", "tree"], environment: plant(fault))
                #expect(status == 1)
                #expect(output.contains("differs from the definition"))
            }

            @Test(arguments: faults) func theBadgeSaysSo(fault: String) throws {
                let screen = try Program.open(["--n", "2048", "--index", "tree"], environment: plant(fault))
                #expect(screen.wait(for: "keys missed"))
                screen.press("4")
                #expect(screen.wait(for: "not the set"))
                screen.press("q")
                #expect(screen.waitForExit() == 0)
            }
        }
    }
#endif

import Foundation
import PseudoTerminal
import Testing

@testable import HalfspaceCLI

extension EndToEnd {
    @Suite struct DoctorCommand {
        @Test func itShowsTheTerminalAndTheRace() throws {
            let screen = try TmuxScreen([Program.path, "doctor"], width: 120, height: 40)
            #expect(screen.wait(for: "Ready.", seconds: 20))
            let text = screen.text
            for topic in [
                "120 by 40", "256", "braille", "mouse", "kernels", "memory", "times",
            ] {
                #expect(text.contains(topic), "\(topic)")
            }
            #expect(screen.waitForExit() == 0)
        }

        @Test func withoutATerminalItSaysWhatIsMissing() throws {
            let result = try Program.run(["doctor"])
            #expect(result.status == 1)
            #expect(result.output.contains("BAD"))
            #expect(result.output.contains("is not a terminal"))
            #expect(!result.output.contains("\u{1B}"))
        }

        @Test func aSmallWindowIsRemarkedOn() throws {
            let screen = try TmuxScreen([Program.path, "doctor"], width: 79, height: 50)
            #expect(screen.wait(for: "Ready.", seconds: 20))
            #expect(screen.text.contains("enlarge the window"))
        }
    }
}

@Suite struct RaceVerdicts {
    @Test func aLostRaceIsRemarkedOn() {
        var result = RaceCheckup.Result(n: 100, d: 4, sparse: [2e-6, 2e-6, 9e-6], dense: [1e-6, 1e-6, 1e-6])
        #expect(RaceCheckup.report(result).verdict == .remark)
        result.dense = [8e-6, 8e-6, 8e-6]
        #expect(RaceCheckup.report(result).verdict == .good)
        #expect(RaceCheckup.report(result).text.contains("4.0 times"))
        result.wrong = 1
        #expect(RaceCheckup.report(result).verdict == .bad)
        #expect(RaceCheckup.report(RaceCheckup.Result()).verdict == .bad)
    }
}

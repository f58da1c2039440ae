import ArgumentParser
import Foundation
import PlainText
import Screen
import Terminal

/// `halfspace doctor`: before a talk, what the terminal and the machine can, and what to change.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the terminal and the machine before a talk, and say what to change.",
        discussion: "Exit status 0 if the dashboard can run here, 1 if it cannot."
    )

    @OptionGroup var look: LookOptions

    func run() throws {
        var (findings, canRun) = TerminalCheckup.findings(look.terminalOptions())
        let swatches = canRun ? Swatches(isUTF8: findings.isUTF8).lines : []
        show(findings.list)
        for swatch in swatches { write("  " + swatch) }
        findings.list = MachineCheckup.findings()
        show(findings.list)
        let race = RaceCheckup.finding()
        show([race])
        if race.verdict == .bad { canRun = false }
        write(canRun ? "\nReady." : "\nNot ready: the dashboard cannot run like this.")
        if !canRun { throw ExitCode(1) }
    }

    private func show(_ findings: [Finding]) {
        for line in findings.flatMap(\.lines) { write(line.plain(400)) }
    }

    private func write(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// One thing that was looked at.
struct Finding: Equatable {
    enum Verdict: Equatable {
        case good, remark, bad
    }

    var topic: String
    var text: String
    var verdict = Verdict.good
    /// What to change, in one sentence.
    var advice: String?

    /// `  ok  colours      24-bit`, and the advice below.
    var lines: [String] {
        let mark =
            switch verdict {
            case .good: "ok  "
            case .remark: "note"
            case .bad: "BAD "
            }
        let head = "  \(mark)  \(topic.padding(toLength: 12, withPad: " ", startingAt: 0))\(text)"
        return [head] + (advice.map { [String(repeating: " ", count: 20) + "-> " + $0] } ?? [])
    }
}

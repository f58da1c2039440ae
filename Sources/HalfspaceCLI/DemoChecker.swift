import ArgumentParser
import Assets
import Dashboard
import Foundation
import HalfSpace
import Measurement

/// `halfspace demo --check`: a line for each demo, and what did not come true.
struct DemoChecker {
    let library: DemoLibrary
    /// Whether a claim on times that does not hold fails the check.
    let timesMustHold: Bool

    /// - Throws: `ExitCode` 65 where a file is no demo, 66 where there is none, 1 where an expectation fails.
    func run(_ names: [String]) throws {
        // What a demo promises must not depend on the machine that checks it.
        MachineCosts.use { .assumed }
        var (isBroken, isMissing, isFailed) = (false, false, false)
        for name in names.isEmpty ? library.files.map(\.name) : names {
            let demo: Demo
            do {
                demo = try library.load(try library.file(name), path: name.hasSuffix(".toml") ? name : nil)
            } catch {
                Message.complain(error)
                let isAbsent = (error as? DemoError)?.isMissing ?? (error is AssetNotFound)
                if isAbsent { isMissing = true } else { isBroken = true }
                continue
            }
            isFailed = !check(demo, path: name) || isFailed
        }
        if isBroken { throw ExitCode(65) }
        if isMissing { throw ExitCode(66) }
        if isFailed { throw ExitCode(1) }
    }

    private func check(_ demo: Demo, path: String) -> Bool {
        guard demo.included < demo.chapters.count else {
            Message.line("ok     \(demo.name): \(demo.chapters.count) chapters, all of other demos")
            return true
        }
        let watch = Stopwatch()
        let outcome = DemoCheck(demo, timesMustHold: timesMustHold).run()
        let seconds = Int(held: watch.seconds)
        let way = Int(held: (outcome.longestWay * 1000).rounded())
        let verdict = outcome.findings.isEmpty ? "ok    " : "FAILED"
        Message.line(
            "\(verdict) \(demo.name): \(demo.chapters.count) chapters, \(outcome.captions) captions, "
                + "\(outcome.expectations) expectations, \(outcome.claims) claims, \(outcome.steps) steps in \(seconds) s, "
                + "a caption is reached within \(way) ms "
                + "(\(outcome.furthest.chapter + 1).\(outcome.furthest.caption + 1))")
        func tell(_ finding: DemoCheck.Finding, _ words: String) {
            let line = finding.line.map { ":\($0)" } ?? ""
            Message.line("  \(path)\(line): \(finding.chapter): \(words)\(finding.sentence)")
        }
        for finding in outcome.findings { tell(finding, "") }
        for warning in outcome.warnings { tell(warning, "did not hold on this machine now: ") }
        return outcome.findings.isEmpty
    }
}

/// `halfspace demo`: the demos that there are.
struct DemoList {
    let library: DemoLibrary

    func show() {
        let files = library.files
        let width = files.map(\.name.count).max() ?? 0
        for file in files {
            let name = file.name + String(repeating: " ", count: width - file.name.count)
            do {
                let demo = try library.load(file.file)
                Message.line("\(name)  \(demo.about) (\(Demo.minutes(demo.duration)))")
            } catch {
                Message.line("\(name)  cannot be read: \(error)")
            }
        }
        if let first = files.first(where: { $0.name == "tour" }) ?? files.first {
            print()
            Message.line("halfspace demo \(first.name) plays one.")
        }
    }
}

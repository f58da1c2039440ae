import Foundation
import PseudoTerminal
import Testing

extension EndToEnd {
    /// Random keys and sizes in a real terminal, with a look now and then at what must hold whatever was pressed.
    ///
    /// Ten seconds by default; `HALFSPACE_MONKEY_SECONDS` makes it longer, `HALFSPACE_MONKEY_SEED` repeats a run,
    /// `HALFSPACE_MONKEY_PROGRAM` takes another build, `HALFSPACE_MONKEY_OPTIONS` other options, and the keys of
    /// `HALFSPACE_MONKEY_FIRST` are pressed before all others.
    @Suite struct Monkey {
        private static let environment = ProcessInfo.processInfo.environment
        private static let seconds = environment["HALFSPACE_MONKEY_SECONDS"].flatMap { Double($0) } ?? 10
        private static let seed =
            environment["HALFSPACE_MONKEY_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999)
        private static let options = environment["HALFSPACE_MONKEY_OPTIONS"].map {
            $0.split(separator: " ").map { String($0) }
        }

        /// All keys that do something, but for those that leave, stop, or write files; `n` twice, so that the context shrinks
        /// more often than it grows.
        private static let keys =
            "d D a A b B n n r R x c w i t T e f . p < > 0 h j k l + - = v y u m g [ ] 1 2 3 4 5 6 7 ? o N".split(
                separator: " "
            )
            .map { String($0) } + [
                "Up", "Down", "Left", "Right", "PageUp", "PageDown", "Home", "End", "Tab", "BTab", "Enter", "Escape",
                "Space",
                "C-l", "F5", "é", "Z",
            ]

        @Test func nothingThatIsPressedBreaksIt() throws {
            var random = Seeded(seed: Self.seed)
            let path = try Self.environment["HALFSPACE_MONKEY_PROGRAM"] ?? Program.path
            let screen = try TmuxScreen([path] + (Self.options ?? ["--n", "1024"]))
            try #require(screen.wait(for: "naive", seconds: 20))
            screen.type(Self.environment["HALFSPACE_MONKEY_FIRST"] ?? "")
            let (start, process) = (Date(), screen.process)
            var pressed: [String] = []
            var memory: [(seconds: Double, megabytes: Double)] = []
            while Date().timeIntervalSince(start) < Self.seconds {
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    let burst = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                        Self.keys[Int.random(in: 0..<Self.keys.count, using: &random)]
                    }
                    screen.press(burst)
                    pressed += burst
                    guard Int.random(in: 0..<12, using: &random) == 0 else { continue }
                    screen.resize(
                        width: Int.random(in: 20...220, using: &random), height: Int.random(in: 5...70, using: &random))
                }
                pressed = pressed.suffix(60)
                let history: Comment = "seed \(Self.seed), last keys: \(pressed.joined(separator: " "))"
                try #require(screen.exitStatus == nil, history)
                try expectWhole(screen, history)
                if let used = process.flatMap({ residentMegabytes($0) }) {
                    memory.append((Date().timeIntervalSince(start), used))
                }
            }
            screen.resize(width: 120, height: 40)
            screen.press("Escape", "Escape", "Escape")
            screen.press("q")
            #expect(screen.waitForExit(seconds: 5) == 0, "seed \(Self.seed)")
            #expect(!screen.isAlternate)
            if Self.seconds > 60 { report(memory) }
        }

        /// Quick presses of one key all arrive, in order.
        @Test func noKeyIsLost() throws {
            let screen = try Program.open()
            #expect(screen.wait(for: "naive"))
            screen.press(Array(repeating: "B", count: 25))
            screen.press(Array(repeating: "b", count: 8))
            screen.press(Array(repeating: "B", count: 6))
            #expect(screen.wait(for: "+2.3σ"), "\(screen.text)")
        }

        /// Frozen, the picture stands still, so a drawing of the whole must change nothing: no cell was stale.
        private func expectWhole(_ screen: TmuxScreen, _ history: Comment) throws {
            screen.press("Escape", "Escape", "Escape")
            screen.resize(width: 120, height: 40)
            #expect(screen.wait(seconds: 20) { $0.contains("HALFSPACE") && $0.contains("quit") }, history)
            // Everything that was pressed has been taken in, and the drawing follows.
            usleep(400_000)
            if screen.text.contains("flush") { screen.press("u") }
            if !isFrozen(screen) { screen.press("f") }
            #expect(screen.wait { _ in isFrozen(screen) }, history)
            let before = still(screen)
            screen.press("C-l")
            usleep(300_000)
            let after = still(screen)
            if before != after {
                let differing = zip(before.split(separator: "\n"), after.split(separator: "\n")).filter { $0 != $1 }
                    .prefix(3)
                Issue.record("stale cells: \(differing.map { "\n\($0)\n\($1)" }.joined())\n\(history)")
            }
            screen.press("f")
        }

        /// Whether the header shows the badge; a message may say the word too.
        private func isFrozen(_ screen: TmuxScreen) -> Bool {
            screen.lines.first?.contains("FROZEN") == true
        }

        /// The screen once it has stopped changing: messages go away after a few seconds.
        private func still(_ screen: TmuxScreen) -> String {
            var last = screen.styledText
            var since = Date()
            let start = Date()
            while Date().timeIntervalSince(since) < 0.7 && Date().timeIntervalSince(start) < 8 {
                usleep(60_000)
                let now = screen.styledText
                if now != last { (last, since) = (now, Date()) }
            }
            return last
        }

        private func residentMegabytes(_ process: pid_t) -> Double? {
            guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
                let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
                    ?? line.split(whereSeparator: { $0 == "\t" || $0 == " " }).dropFirst().first.flatMap({ Double($0) })
            else { return nil }
            return kilobytes / 1024
        }

        /// The slope of the second half, by least squares.
        private func report(_ memory: [(seconds: Double, megabytes: Double)]) {
            let part = memory.suffix(memory.count / 2)
            let count = Double(part.count)
            let (meanX, meanY) = (part.map(\.seconds).reduce(0, +) / count, part.map(\.megabytes).reduce(0, +) / count)
            let slope =
                part.map { ($0.seconds - meanX) * ($0.megabytes - meanY) }.reduce(0, +)
                / part.map { ($0.seconds - meanX) * ($0.seconds - meanX) }.reduce(0, +)
            print("memory: \(memory.map { "\(Int($0.seconds))s \(Int($0.megabytes))MB" }.joined(separator: ", "))")
            print("memory: slope of the second half \(slope * 60) MB a minute, mean \(meanY) MB")
        }
    }
}

/// A repeatable source of numbers (SplitMix64, Steele 2014).
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

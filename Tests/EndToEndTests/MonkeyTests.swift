import Foundation
import PseudoTerminal
import Testing

extension EndToEnd {
    /// Random keys and sizes in a real terminal, with a look now and then at what must hold whatever was pressed.
    ///
    /// Half a minute by default; `HALFSPACE_MONKEY_SECONDS` makes it longer, and above a minute it stops now and then at
    /// the same place to weigh the program (``EnduranceReport``). `HALFSPACE_MONKEY_SEED` repeats a run,
    /// `HALFSPACE_MONKEY_PROGRAM` takes another build, `HALFSPACE_MONKEY_OPTIONS` other options, the keys of
    /// `HALFSPACE_MONKEY_WITHOUT` are never pressed, and those of `HALFSPACE_MONKEY_FIRST` before all others.
    @Suite struct Monkey {
        private static let environment = ProcessInfo.processInfo.environment
        private static let seconds = environment["HALFSPACE_MONKEY_SECONDS"].flatMap { Double($0) } ?? 30
        private static let seed =
            environment["HALFSPACE_MONKEY_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999)
        private static let options = words("HALFSPACE_MONKEY_OPTIONS") ?? ["--n", "1024"]

        /// All keys that do something, but for those that leave, stop, or write files; `n` twice, so that the context shrinks
        /// more often than it grows.
        private static let keys: [String] = {
            let all =
                "d D a A b B n n r R x c w i t T e f . p P < > 0 h j k l + - = z v y u m g [ ] 1 2 3 4 5 6 7 ? o N"
                .split(separator: " ").map { String($0) } + [
                    "Up", "Down", "Left", "Right", "PageUp", "PageDown", "Home", "End", "Tab", "BTab", "Enter",
                    "Escape", "Space", "C-l", "F5", "é", "Z",
                ]
            let without = words("HALFSPACE_MONKEY_WITHOUT") ?? []
            return all.filter { !without.contains($0) }
        }()

        private static func words(_ name: String) -> [String]? {
            environment[name].map { $0.split(separator: " ").map { String($0) } }
        }

        @Test func nothingThatIsPressedBreaksIt() throws {
            var random = Seeded(seed: Self.seed)
            let path = try Self.environment["HALFSPACE_MONKEY_PROGRAM"] ?? Program.path
            let screen = try TmuxScreen([path] + Self.options)
            try #require(screen.wait(for: "naive", seconds: 60))
            screen.type(Self.environment["HALFSPACE_MONKEY_FIRST"] ?? "")
            var endurance = Self.seconds > 60 ? EnduranceReport(screen, options: Self.options) : nil
            let start = Date()
            var pressed: [String] = []
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
                try endurance?.rest(at: Date().timeIntervalSince(start), using: &random, history)
            }
            screen.resize(width: 120, height: 40)
            screen.press("Escape", "Escape", "Escape")
            screen.press("q")
            #expect(screen.waitForExit(seconds: 10) == 0, "seed \(Self.seed)")
            #expect(!screen.isAlternate)
            endurance?.print()
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
            var (before, after) = ("", "")
            for _ in 0..<5 {
                try screen.settle(history)
                if screen.text.contains("flush") { screen.press("u") }
                if !screen.isFrozen { screen.press("f") }
                try #require(screen.wait(seconds: 60) { screen.isFrozen && !$0.contains("flush") }, history)
                before = screen.still(for: 0.7)
                screen.press("C-l")
                try #require(screen.waitUntilRead(), history)
                after = screen.still(for: 0.7)
                // The engine may say something meanwhile, in words that go away again; a stale cell does not come back.
                if before != after { after = screen.still(for: 4) }
                // The HUD, which counts every drawing, was there after all, behind a message.
                guard before != after, after.contains("flush") else { break }
            }
            if before != after {
                let differing = zip(before.split(separator: "\n"), after.split(separator: "\n")).filter { $0 != $1 }
                    .prefix(3)
                Issue.record("stale cells: \(differing.map { "\n\($0)\n\($1)" }.joined())\n\(history)")
            }
            screen.press("f")
        }
    }
}

extension TmuxScreen {
    /// Whether the header shows the badge; a message may say the word too.
    var isFrozen: Bool { lines.first?.contains("FROZEN") == true }

    /// A usual size, nothing open, no message, and every key that was pressed before taken in.
    func settle(_ history: Comment) throws {
        resize(width: 120, height: 40)
        press("Escape", "Escape", "Escape", "Escape")
        try #require(waitUntilRead(), history)
        try #require(wait(seconds: 60) { $0.contains("HALFSPACE") && $0.contains("quit") }, history)
        // The help opens and closes behind all of them.
        press("?", "Tab")
        try #require(wait(for: "pause: the engine stands still", seconds: 60), history)
        press("Escape", "Escape")
        try #require(wait(seconds: 60) { !$0.contains("pause: the engine stands still") }, history)
    }

    /// Waits until the program has read all that was typed. Whether it did.
    func waitUntilRead() -> Bool {
        var empty = 0
        return wait(seconds: 60) { _ in
            empty = unreadInput == 0 ? empty + 1 : 0
            return empty == 4
        }
    }

    /// The screen once it has not changed for some seconds, or after half a minute.
    func still(for seconds: Double) -> String {
        var last = styledText
        let start = Date()
        var since = start
        while Date().timeIntervalSince(since) < seconds && Date().timeIntervalSince(start) < 30 {
            usleep(60_000)
            let now = styledText
            if now != last { (last, since) = (now, Date()) }
        }
        return last
    }
}

/// A repeatable source of numbers (SplitMix64, Steele 2014).
struct Seeded: RandomNumberGenerator {
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

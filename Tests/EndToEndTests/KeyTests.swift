import Foundation
import PseudoTerminal
import TemporaryFiles
import Testing

@testable import Dashboard

extension EndToEnd {
    /// Every key of the binding table in the real terminal: what it changes is seen, or what it says.
    @Suite struct Keys {
        /// A key by tmux's name, and what stands on the screen after it.
        private struct Press {
            var key: String
            var shown: String
            /// What is pressed first, so that the key has something to do.
            var before: [String] = []
            /// What undoes it.
            var after: [String] = []
        }

        private static let presses: [Press] = [
            Press(key: "?", shown: "words on this screen", after: ["Escape"]),
            Press(key: "/", shown: "letters search words and keys", after: ["Escape", "Escape"]),
            Press(key: ":", shown: "letters narrow the list", after: ["Escape"]),
            Press(key: "Escape", shown: "parameters", before: ["?"]),
            Press(key: "Space", shown: "PAUSED", after: ["Space"]),
            Press(key: ".", shown: "PAUSED", after: ["Space"]),
            Press(key: "f", shown: "FROZEN", after: ["f"]),
            Press(key: "<", shown: "pace "), Press(key: ">", shown: "pace "),
            Press(key: "2", shown: "keys × steps"),
            Press(key: "+", shown: "ring"), Press(key: "-", shown: "ring"),
            Press(key: "=", shown: "all keys"),
            Press(key: "z", shown: "index order", after: ["z"]),
            Press(key: "v", shown: "scroll ·", after: ["v"]),
            Press(key: "y", shown: "share of attention, common scale", after: ["y", "y", "y"]),
            Press(key: "Left", shown: "the whole step"), Press(key: "h", shown: "the whole step"),
            Press(key: "Right", shown: "the whole step"), Press(key: "l", shown: "the whole step"),
            Press(key: "Up", shown: "the whole step"), Press(key: "k", shown: "the whole step"),
            Press(key: "Down", shown: "the whole step"), Press(key: "j", shown: "the whole step"),
            Press(key: "3", shown: "time per step against n"),
            Press(key: "4", shown: "one query"),
            Press(key: "5", shown: "tilt law"),
            Press(key: "6", shown: "Part 1 and Part 2"),
            Press(key: ",", shown: "both clocks real"),
            Press(key: "7", shown: "Algorithm 2"),
            Press(key: "p", shown: "\u{2500} done \u{2500}"),
            Press(key: "P", shown: "causal: query i sees"),
            Press(key: "8", shown: "Heads belong to a trace"),
            Press(key: "(", shown: "belongs to the Heads view", before: ["1"]),
            Press(key: ")", shown: "belongs to the Heads view"),
            Press(key: "9", shown: "A language model writes here"),
            Press(key: "K", shown: "who reads what"),
            Press(key: "\"", shown: "a text belongs to"),
            Press(key: "1", shown: "activated entries"),
            Press(key: "Tab", shown: "focus: time per step"),
            Press(key: "e", shown: "time per step", after: ["e"]),
            Press(key: "d", shown: "dimension 4 → 3"), Press(key: "D", shown: "dimension 3 → 4"),
            Press(key: "A", shown: "α 1 → 2"), Press(key: "a", shown: "α 2 → 1"),
            Press(key: "B", shown: "offset +0σ → +0.1σ"), Press(key: "b", shown: "offset +0.1σ → +0σ"),
            Press(key: "N", shown: "2 048 → 4 096"), Press(key: "n", shown: "4 096 → 2 048"),
            Press(key: "x", shown: "softmax"), Press(key: "0", shown: "back to their defaults"),
            Press(key: "n", shown: "keys 65 536 → 32 768", after: ["n", "n", "n", "n"]),
            Press(key: "c", shown: "rule "), Press(key: "R", shown: "budget"), Press(key: "r", shown: "budget"),
            Press(key: "i", shown: "index auto → brute"),
            Press(key: "t", shown: "theme "), Press(key: "T", shown: "theme "),
            Press(key: "L", shown: "Enter keeps", after: ["Escape"]),
            Press(key: "C", shown: "figures of"),
            Press(key: "u", shown: "a frame sends", after: ["u"]),
            Press(key: "m", shown: "mouse off", after: ["m"]),
            Press(key: "s", shown: "saved race-step-"),
            Press(key: "C-l", shown: "HALFSPACE"),
            Press(key: "w", shown: "workload massive → gaussian"),
            Press(key: "o", shown: "head"), Press(key: "O", shown: "head"),
            Press(key: "Enter", shown: "HALFSPACE"),
        ]

        /// Keys that only say something here, so that they can be pressed again.
        private static let messages = ["o", "O", "s", "C"]

        /// A thin or hard blank is a blank.
        private func plain(_ text: String) -> String {
            ["\u{2009}", "\u{202F}", "\u{A0}"].reduce(text) { $0.replacingOccurrences(of: $1, with: " ") }
                .replacingOccurrences(of: "−", with: "-")
        }

        @Test func everyKeyIsSeenToWork() throws {
            let folder = temporaryFile("keys")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let screen = try TmuxScreen([
                "sh", "-c", "cd '\(folder.path)' && exec '\(try Program.path)' --n 2048 --theme dark",
            ])
            try #require(screen.wait(for: "naive", seconds: 20))
            for press in Self.presses {
                if !press.before.isEmpty { screen.press(press.before) }
                screen.press(press.key)
                var isSeen = screen.wait(seconds: 15) { plain($0).contains(press.shown) }
                if !isSeen, Self.messages.contains(press.key) {
                    // A message stays some seconds: on a busy machine it may have gone between two looks.
                    screen.press(press.key)
                    isSeen = screen.wait(seconds: 15) { plain($0).contains(press.shown) }
                }
                #expect(isSeen, "\(press.key) shows no \"\(press.shown)\":\n\(screen.text)")
                if !press.after.isEmpty { screen.press(press.after) }
            }
            let saved = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("halfspace-saved").path)
            #expect(Set(saved.map { ($0 as NSString).pathExtension }) == ["svg", "csv", "json", "safetensors"])
            screen.press("q")
            #expect(screen.waitForExit() == 0)
        }

        /// The keys of a talk, while one plays.
        @Test func theKeysOfADemo() throws {
            let screen = try TmuxScreen([try Program.path, "demo", "exactness", "--theme", "dark"])
            try #require(screen.wait(for: "HALFSPACE", seconds: 20))
            let first = { (text: String) in text.split(separator: "\n").suffix(12).joined() }
            var before = first(screen.text)
            for key in ["PageDown", "]", "[", "PageUp"] {
                screen.press(key)
                #expect(screen.wait { first($0) != before }, "\(key) changes nothing:\n\(screen.text)")
                before = first(screen.text)
            }
            screen.press("g")
            #expect(screen.wait(for: "Enter goes there"), "\(screen.text)")
            screen.press("Escape")
            screen.press("B")
            #expect(screen.wait(for: "LIVE"), "\(screen.text)")
            screen.press("Enter")
            #expect(screen.wait { !$0.contains("LIVE") }, "\(screen.text)")
            screen.press("Home")
            screen.press("q", "q")
            #expect(screen.waitForExit() == 0)
        }

        /// What the tests above press is what the table lists; ctrl-Z and ctrl-C have tests of their own.
        @Test func noKeyIsLeftOut() {
            let names: [String: String] = [
                "space": "Space", "tab": "Tab", "Esc": "Escape", "←": "Left", "→": "Right", "↑": "Up", "↓": "Down",
                "^L": "C-l", "PgDn": "PageDown", "PgUp": "PageUp",
            ]
            let pressed = Set(Self.presses.map(\.key)).union(["PageDown", "PageUp", "]", "[", "g", "Home", "q"])
            for binding in BindingTable.standard.helpLines {
                for key in binding.keys.map(\.label) where key != "^Z" && key != "^C" {
                    #expect(pressed.contains(names[key] ?? key), "\(key) is not pressed")
                }
            }
        }

        /// The keys under the cursor as the heatmap tells them: "keys 1 003 to 1 025".
        private func keysUnderCursor(_ screen: TmuxScreen) -> String? {
            for line in screen.text.split(separator: "\n") where line.contains("reported") && line.contains("step") {
                guard let first = line.range(of: "key"), let last = line.range(of: "   reported") else { continue }
                return String(line[first.lowerBound..<last.lowerBound])
            }
            return nil
        }

        @Test func theHeatmapZoomsAndPans() throws {
            let screen = try Program.open()
            try #require(screen.wait(for: "naive", seconds: 20))
            screen.press("2")
            screen.press("Left")
            #expect(screen.wait { _ in keysUnderCursor(screen) != nil })
            let whole = try #require(keysUnderCursor(screen))
            screen.press("+")
            #expect(screen.wait { _ in keysUnderCursor(screen).map { $0 != whole } == true }, "\(screen.text)")
            let near = keysUnderCursor(screen)
            screen.press(Array(repeating: "Left", count: 60))
            #expect(screen.wait { _ in keysUnderCursor(screen).map { $0 != near } == true }, "\(screen.text)")
            screen.press(Array(repeating: "+", count: 8))
            #expect(screen.wait { _ in keysUnderCursor(screen)?.hasPrefix("key ") == true }, "\(screen.text)")
            screen.press("=")
            #expect(screen.wait { _ in keysUnderCursor(screen)?.hasPrefix("keys 0 to") == true }, "\(screen.text)")
        }

        /// A click focuses a panel and sets the heatmap's cursor; the wheel zooms.
        @Test func theMouse() throws {
            let screen = try TmuxScreen([try Program.path, "--n", "2048", "--theme", "dark"], term: "xterm-256color")
            try #require(screen.wait(for: "naive", seconds: 20))
            screen.press("2")
            #expect(screen.wait(for: "keys × steps"))
            screen.type("\u{1B}[<0;40;12M\u{1B}[<0;40;12m")
            #expect(screen.wait(for: "the whole step"), "\(screen.text)")
            let whole = screen.text.split(separator: "\n").first { $0.contains(" to ") }
            screen.type("\u{1B}[<64;40;12M")
            #expect(
                screen.wait { text in
                    text.split(separator: "\n").contains { $0.contains("key") && $0.contains("reported") }
                        && text.split(separator: "\n").first { $0.contains(" to ") } != whole
                }, "\(screen.text)")
            screen.press("1")
            screen.type("\u{1B}[<0;110;32M\u{1B}[<0;110;32m")
            screen.press("e")
            #expect(screen.wait { !$0.contains("activated entries") && $0.contains("entries") }, "\(screen.text)")
        }
    }
}

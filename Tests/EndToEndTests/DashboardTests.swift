import Foundation
import PseudoTerminal
import Testing

extension EndToEnd {
    @Suite struct Dashboard {
        /// The step that the header shows.
        private func step(_ screen: TmuxScreen) -> Int? {
            guard let header = screen.lines.first, let at = header.range(of: "step ") else { return nil }
            return Int(header[at.upperBound...].filter(\.isNumber))
        }

        /// The step at which a paused engine came to stand: the one under way when space was pressed may still arrive.
        private func standingStep(_ screen: TmuxScreen) -> Int? {
            var last: Int?
            for _ in 0..<50 {
                let now = step(screen)
                if let now, now == last { return now }
                last = now
                Thread.sleep(forTimeInterval: 0.4)
            }
            return nil
        }

        @Test(arguments: [(80, 24), (120, 40), (200, 60)])
        func itOpensAndStreams(width: Int, height: Int) throws {
            let screen = try Program.open(width: width, height: height)
            #expect(screen.wait { $0.contains("HSR") && $0.contains("naive") && $0.contains("Race") })
            #expect(screen.wait { _ in (step(screen) ?? 0) > 3 })
            #expect(screen.wait(for: "error"))
            screen.press("q")
            #expect(screen.waitForExit() == 0)
            #expect(!screen.isAlternate)
        }

        @Test(arguments: [
            ("d", "d 3  "), ("D", "d 6  "), ("A", "ReLU²"), ("B", "+0.1σ"), ("b", "-0.1σ"), ("n", "keys 1 024"),
            ("N", "keys 4 096"), ("x", "softmax"), ("c", "count"), ("w", "gaussian"), ("i", "index brute"),
        ]) func aKeyChangesItsParameter(key: String, shown: String) throws {
            let screen = try Program.open()
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 })
            #expect(!screen.text.contains(shown))
            screen.press(key)
            let plain = { (text: String) in
                text.replacingOccurrences(of: "\u{2009}", with: " ").replacingOccurrences(of: "\u{202F}", with: " ")
                    .replacingOccurrences(of: "\u{A0}", with: " ").replacingOccurrences(of: "−", with: "-")
            }
            #expect(screen.wait { plain($0).contains(shown) }, "\(key): \(screen.text)")
        }

        @Test func theTraceShowsItsWords() throws {
            let screen = try Program.open(["--workload", "trace"])
            #expect(screen.wait { $0.contains("the model's 8") })
            #expect(screen.wait { _ in (step(screen) ?? 0) > 2 })
            #expect(screen.wait { $0.contains("8 192") || $0.contains("8192") })
            screen.press("D")
            #expect(screen.wait { $0.contains("trace") && $0.contains("d 32") })
        }

        /// The next head has a NaN among its keys: the screen says where, and goes back with the key.
        @Test func aHeadThatCannotBeShownSaysWhy() throws {
            let tokens = 40
            let path = try Program.trace(tokens: tokens) { entries in
                // k of head 1 at token 3.
                entries[2 * tokens * 2 + tokens * 2 + 3 * 2] = .nan
            }
            defer { try? FileManager.default.removeItem(atPath: path) }
            let screen = try Program.open(["--trace", path])
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 })
            screen.press("o")
            #expect(screen.wait { $0.contains("layers.0.k") && $0.contains("NaN") }, "\(screen.text)")
            screen.press("O")
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 }, "\(screen.text)")
            screen.press("q")
            #expect(screen.waitForExit() == 0)
        }

        /// Another program cuts the file short while it is shown: what was read goes on, what is read now says what is wrong, and
        /// once the file is whole again it is shown again.
        @Test func aFileThatChangesWhileItIsShownSaysSo() throws {
            let path = try Program.trace(tokens: 400)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            let screen = try Program.open(["--trace", path])
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 })
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.truncate(atOffset: UInt64(whole.count / 2))
            let before = step(screen) ?? 0
            #expect(screen.wait { _ in (step(screen) ?? 0) > before + 2 }, "\(screen.text)")
            screen.press("o")
            #expect(screen.wait { $0.contains("data_offsets") && $0.contains("truncated") }, "\(screen.text)")
            try file.seek(toOffset: 0)
            try file.write(contentsOf: whole)
            screen.press("O")
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 }, "\(screen.text)")
            screen.press("q")
            #expect(screen.waitForExit() == 0)
        }

        @Test func pauseStopsTheEngineAndAStepMovesIt() throws {
            let screen = try Program.open()
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 })
            screen.press("Space")
            #expect(screen.wait(for: "PAUSED"))
            let stood = try #require(standingStep(screen))
            screen.press(".")
            #expect(screen.wait { _ in step(screen) == stood + 1 })
            screen.press("Space")
            #expect(screen.wait { _ in (step(screen) ?? 0) > stood + 3 })
            #expect(!screen.text.contains("PAUSED"))
        }

        @Test func aFrozenPictureDoesNotChange() throws {
            let screen = try Program.open()
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 })
            screen.press("f")
            #expect(screen.wait(for: "FROZEN"))
            // A message may still have to go.
            let first = screen.still(for: 4)
            Thread.sleep(forTimeInterval: 1)
            #expect(screen.styledText == first)
            screen.press("f")
            #expect(screen.wait { !$0.contains("FROZEN") })
        }

        @Test func helpNamesQuitAndEscapeClosesIt() throws {
            let screen = try Program.open()
            #expect(screen.wait(for: "naive"))
            screen.press("?")
            #expect(screen.wait(for: "words on this screen"))
            screen.press("Tab")
            #expect(screen.wait(for: "pause: the engine stands still"))
            #expect(screen.text.contains("quit"))
            screen.press("Escape")
            #expect(screen.wait { !$0.contains("pause: the engine stands still") })
        }

        @Test func themesCycleAndAMessageGoesAway() throws {
            let screen = try Program.open(["--n", "2048", "--theme", "dark"])
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 })
            let dark = screen.styledText
            screen.press("t")
            #expect(screen.wait { _ in screen.styledText.contains("light") && screen.styledText != dark })
            #expect(screen.wait { !$0.contains("light") })
        }

        @Test func itFollowsTheWindowAndSaysWhenItIsTooSmall() throws {
            let screen = try Program.open()
            #expect(screen.wait(for: "naive"))
            screen.resize(width: 60, height: 15)
            #expect(screen.wait { $0.contains("80") && $0.contains("24") && $0.contains("60") })
            screen.resize(width: 160, height: 50)
            #expect(screen.wait { $0.contains("naive") && $0.contains("HSR") })
            screen.press("q")
            #expect(screen.waitForExit() == 0)
        }

        @Test func aBigRebuildShowsProgressAndASecondChangeCancelsIt() throws {
            let screen = try Program.open()
            #expect(screen.wait { _ in (step(screen) ?? 0) > 1 })
            for _ in 0..<9 { screen.press("N") }
            #expect(screen.wait { $0.contains("making keys") || $0.contains("building") })
            for _ in 0..<9 { screen.press("n") }
            #expect(screen.wait(seconds: 30) { _ in screen.lines[0].contains("n 2 0") && (step(screen) ?? 0) > 1 })
        }

        /// After an interrupt the status says so, as a shell expects.
        @Test(arguments: [("C-c", 130), ("q", 0)]) func itLeavesAtOnce(key: String, status: Int) throws {
            let screen = try Program.open()
            #expect(screen.wait(for: "naive"))
            screen.press(key)
            #expect(screen.waitForExit(seconds: 3) == status)
            #expect(!screen.isAlternate)
        }

        @Test func withoutATerminalItNamesStream() throws {
            let result = try Program.run(["--n", "100"])
            #expect(result.status == 64)
            #expect(result.errors.contains("halfspace stream"))
        }
    }
}

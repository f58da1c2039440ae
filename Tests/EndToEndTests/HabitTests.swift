import Foundation
import PseudoTerminal
import Testing

extension EndToEnd {
    /// The mouse on keys and parameters, the clipboard and the list of themes, in a real terminal.
    @Suite struct Habits {
        /// Column and row, from 1, of a text in the screen's line, looked for from the bottom.
        private func place(of text: String, _ screen: TmuxScreen) throws -> (x: Int, y: Int) {
            let lines = screen.lines
            let y = try #require(lines.lastIndex { $0.contains(text) }, "no \(text): \(screen.text)")
            let at = try #require(lines[y].range(of: text))
            return (lines[y].distance(from: lines[y].startIndex, to: at.lowerBound) + 1, y + 1)
        }

        @Test func aClickRunsAKeyAndTheWheelTurnsAParameterInTmux() throws {
            let screen = try Program.open(["--n", "2048", "--theme", "dark"], width: 100, height: 30)
            try #require(screen.wait(for: "naive", seconds: 20))
            #expect(screen.wait(for: " pause"))
            let pause = try place(of: "pause", screen)
            screen.type("\u{1B}[<0;\(pause.x);\(pause.y)M\u{1B}[<0;\(pause.x);\(pause.y)m")
            #expect(screen.wait(for: "PAUSED"), "\(screen.text)")
            let dimension = try place(of: "d/D", screen)
            screen.type("\u{1B}[<64;\(dimension.x);\(dimension.y)M")
            #expect(screen.wait(for: "dimension 4 → 6"), "\(screen.text)")
            // A parameter that cannot be turned says why.
            let budget = try place(of: "r/R", screen)
            screen.type("\u{1B}[<0;\(budget.x);\(budget.y)M")
            #expect(screen.wait(for: "belongs to the count rule"), "\(screen.text)")
            screen.press("L")
            #expect(screen.wait(for: "Enter keeps"))
            screen.press("Escape", "q")
            #expect(screen.waitForExit() == 0)
        }

        @Test func figuresAreCopied() throws {
            let terminal = try PseudoTerminal(try Program.path, ["--n", "2048", "--theme", "dark"])
            try #require(terminal.wait(for: "naive"))
            terminal.type("C")
            let begin = "\u{1B}]52;c;"
            try #require(terminal.wait(for: begin))
            try #require(terminal.wait(for: "figures"))
            let rest = try #require(terminal.text.components(separatedBy: begin).dropFirst().first)
            let data = try #require(Data(base64Encoded: String(rest.prefix { $0 != "\u{07}" })))
            let text = String(decoding: data, as: UTF8.self)
            #expect(text.hasPrefix("# Halfspace, Race: massive, ReLU") && text.contains("reported\t"), "\(text)")
            terminal.type("q")
            #expect(terminal.waitForEnd() == .exited(0))
        }

        @Test func theConsoleHasNoClipboard() throws {
            let terminal = try PseudoTerminal(
                try Program.path, ["--n", "2048", "--theme", "dark"], environment: ["TERM": "linux"])
            try #require(terminal.wait(for: "naive"))
            terminal.type("C")
            #expect(terminal.wait(for: "clipboard"))
            #expect(!terminal.text.contains("]52;"))
            terminal.type("q")
            #expect(terminal.waitForEnd() == .exited(0))
        }
    }
}

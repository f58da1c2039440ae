import Foundation
import Model
import Screen
import Testing

@testable import Dashboard
@testable import Simulation

/// The text of a language model on the screen, and the line that a person types into it.
@Suite struct TextViewTests {
    private func letters(_ lines: TextLines) -> [String] {
        lines.lines.map { $0.map(\.glyph.text).joined() }
    }

    @Test func textBreaksBetweenWords() {
        let text = Array("one two three\n\nfour".utf8)
        #expect(letters(TextLines(text, width: 8, height: 9)) == ["one two ", "three", "", "four"])
        #expect(letters(TextLines(text, width: 8, height: 2)) == ["", "four"])
        #expect(letters(TextLines(Array("abcdefghij".utf8), width: 4, height: 9)) == ["abcd", "efgh", "ij"])
        let positions = TextLines(text, width: 8, height: 9).lines.flatMap { $0.map(\.bytes.lowerBound) }
        #expect(positions == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18])
    }

    @Test func whatIsNoUTF8IsShownAsMarks() {
        let lines = TextLines([0x41, 0xFF, 0xC3, 0xA9, 0xE2, 0x82, 0x07, 0x42], width: 20, height: 3)
        #expect(letters(lines) == ["A\u{FFFD}\u{E9}\u{FFFD}\u{FFFD}·B"])
    }

    @Test func marksStandOverTheirLetters() {
        let text = "नमस्ते दुनिया ที่ e\u{301}\u{301}\u{301}"
        let lines = TextLines(Array(text.utf8), width: 40, height: 3)
        // Of more than two marks the rest is left out.
        #expect(letters(lines) == ["नमस्ते दुनिया ที่ e\u{301}\u{301}"])
        let letters = lines.lines[0]
        #expect(letters.map(\.bytes.lowerBound) == letters.map(\.bytes.lowerBound).sorted())
        #expect(zip(letters, letters.dropFirst()).allSatisfy { $0.bytes.upperBound == $1.bytes.lowerBound })
        #expect(letters.last?.bytes.upperBound == text.utf8.count)
        // A mark with nothing before it is a blank of its own.
        #expect(self.letters(TextLines(Array("\u{301}a".utf8), width: 9, height: 1)) == [" a"])
    }

    private func state() -> DashboardState {
        var state = Fixture.state(120, 40, Snapshot())
        state.settings.workload = .model
        return state
    }

    @Test func whatIsTypedGoesToTheEngine() {
        var state = state()
        _ = update(&state, .openLine)
        #expect(state.view == .text && state.text.line == "")
        for key in "{rwq" { _ = update(&state, .typed(.character(key))) }
        _ = update(&state, .typed(.backspace))
        _ = update(&state, .typed(.character("f")))
        #expect(state.text.line == "{rwf")
        let effects = update(&state, .typed(.enter))
        #expect(state.text.line == nil)
        guard case .engine(.type(let bytes))? = effects.first else {
            Issue.record("nothing was sent")
            return
        }
        #expect(bytes == Array("{rwf".utf8))
        _ = update(&state, .openLine)
        _ = update(&state, .typed(.escape))
        #expect(state.text.line == nil && update(&state, .typed(.enter)).isEmpty)
    }

    /// `o` goes from all heads to each, and back.
    @Test func theLightGoesFromHeadToHead() {
        var state = state()
        state.live.heads = 3
        _ = update(&state, .show(.text))
        var seen: [String] = []
        for _ in 0..<5 {
            _ = update(&state, .change(.head, by: 1))
            seen.append(state.text.showsAllHeads ? "all" : "\(state.settings.head ?? 0)")
        }
        #expect(seen == ["0", "1", "2", "all", "0"])
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 50)]) func thePictureTellsWhatIsThere(width: Int, height: Int) {
        var snapshot = Snapshot()
        snapshot.settings.workload = .model
        snapshot.phase = .running
        let text = Array("{rwfoixb}\nBefore we proceed any further, hear me speak. {rwfo".utf8)
        var record = TextRecord()
        record.position = text.count - 1
        record.bytes = [UInt8(ascii: "o")]
        record.reported = [1, 0, 0, 2, 0, 0, 3, 0]
        (record.seconds, record.secondsWithNaive) = (0.001, 0.004)
        var step = StepRecord()
        step.text = record
        snapshot.history.append(step)
        var tally = TextTally()
        (tally.written, tally.same, tally.largestDifference) = (4812, 4812, 2e-6)
        var layer = LayerTime()
        (layer.seconds, layer.hsrSeconds, layer.naiveSeconds) = (0.0004, 0.0001, 0.0015)
        snapshot.text = TextFrame(
            bytes: text, promptBytes: 55, promptCount: 55, record: record, tally: tally, typed: [56, 57, 58, 59],
            ofHead: [.init(position: 4, share: 1)],
            ofAllHeads: [.init(position: 4, share: 0.9), .init(position: 20, share: 0.1)], model: "relu2",
            headName: "layer 1, head 0", layers: [LayerTime(), layer])
        let screen = Fixture.picture(of: .text, width, height, snapshot).plainText
        #expect(screen.contains("4 812 of 4 812 letters"))
        // Nothing of the figures is cut, at the narrowest screen either.
        #expect(screen.contains("largest logit difference") && screen.contains("2e-6"))
        #expect(screen.contains("1 0 0 2 0 0 3 0"))
        #expect(screen.contains("25 %, 83 %"))
        #expect(screen.contains("speak. {rwfo"))
        #expect(screen.contains("90 % at a letter") || screen.contains("90% at a letter"))
        #expect(screen.contains("1 000") && screen.contains("250"))
        var other = Snapshot()
        other.phase = .running
        let empty = Fixture.picture(of: .text, width, height, other).plainText
        #expect(empty.contains("press w"))
    }
}

import Attention
import Screen
import Simulation
import Testing

@testable import Dashboard

/// The figures that go to the clipboard.
@Suite struct CopyTests {
    private func lines(_ state: DashboardState) -> [[String]] {
        CopiedFigures(state).text.split(separator: "\n").dropFirst().map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test(arguments: ViewKind.allCases) func everyViewHasItsFigures(_ view: ViewKind) throws {
        for snapshot in [try Fixture.framed(), Fixture.snapshot(with: Fixture.sweep), Fixture.worded(), Snapshot()] {
            var state = Fixture.state(80, 24, snapshot)
            _ = update(&state, .show(view))
            let copied = CopiedFigures(state)
            #expect(copied.text.hasPrefix("# Halfspace, \(view.title): "))
            #expect(copied.text.hasSuffix("\n") && !copied.text.contains("\u{1B}"))
            let lines = lines(state)
            #expect(lines.count == copied.count)
            for line in lines { #expect(line.count == 3 && Double(line[1]) != nil, "\(line)") }
            #expect(Set(lines.map { $0[0] }).count == lines.count)
        }
    }

    @Test func theFiguresAreThoseOfTheScreen() {
        let state = Fixture.state()
        let lines = lines(state)
        let snapshot = state.shown
        #expect(lines.contains(["n", String(snapshot.n), "keys"]))
        #expect(lines.contains(["b", "3.02", ""]))
        let reported = lines.first { $0[0] == "reported" }
        #expect(reported.flatMap { Double($0[1]) } == StepCounts(snapshot).reported && reported?[2] == "keys")
        #expect(lines.contains { $0[0] == "faster" && $0[2].isEmpty })
    }

    @Test func theBottomLineSaysWhatWasCopied() {
        let state = Fixture.state()
        let copied = CopiedFigures(state)
        let bytes = copied.text.utf8.count
        #expect(copied.sentence(bytes: bytes) == "copied \(copied.count) figures of Race, \(bytes) bytes")
        #expect(copied.sentence(bytes: 20).contains("the first 20 of"))
    }

    @Test func aHeldKeyCopiesOnceASecond() {
        var state = Fixture.state()
        func copies() -> Int { update(&state, .copy).count }
        #expect(copies() == 1 && copies() == 0)
        _ = update(&state, .tick(1.1))
        #expect(copies() == 1)
    }

    @Test func theLoopSaysWhatCameOfIt() {
        final class Board: Display {
            let (width, height) = (80, 24)
            var texts: [String] = []
            var takes = true
            var batches = [[InputEvent.key(.character("C"))], []]
            func draw(_: Buffer) {}
            func events(within _: Double?) -> [InputEvent] { batches.isEmpty ? [.closed] : batches.removeFirst() }
            func invalidate() {}
            func suspend() {}
            func setMouse(_: Bool) {}
            func copy(_ text: String) -> Int? {
                texts.append(text)
                return takes ? text.utf8.count : nil
            }
        }
        for takes in [true, false] {
            let board = Board()
            board.takes = takes
            let loop = DashboardLoop(
                state: DashboardState(themes: [Fixture.theme]), display: board, engine: LoopTests.StillEngine())
            loop.run()
            #expect(board.texts.count == 1 && board.texts[0].hasPrefix("# Halfspace, Race"))
            let message = loop.state.toasts.last
            #expect(message?.text.hasPrefix(takes ? "copied " : "this terminal takes no text") == true)
            #expect(message?.kind == (takes ? .good : .warning))
        }
    }
}

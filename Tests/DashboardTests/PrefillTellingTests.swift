import Screen
import Simulation
import Testing

@testable import Dashboard

/// A prefill that was over in a moment is told from the first row to the last, HSR first, by its measured times.
@Suite struct PrefillTellingTests {
    private func frame(hsr: Double = 0.02, naive: Double = 0.06) -> PrefillFrame {
        var frame = PrefillFrame(phase: .done, queries: 640, keys: 640, isCausal: true, rows: 10, columns: 10)
        (frame.hsrSeconds, frame.naiveSeconds) = (hsr, naive)
        (frame.done, frame.naiveDone, frame.reported, frame.method) = (640, 640, 5000, "tree")
        for row in 0..<10 { for column in 0...row { frame.shares[row * 10 + column] = 0.2 } }
        return frame
    }

    private func received(_ frame: PrefillFrame, view: ViewKind = .prefill) throws -> DashboardState {
        var snapshot = Fixture.standard
        var state = Fixture.state(120, 40, snapshot)
        state.view = view
        snapshot.prefill = frame
        _ = update(&state, .received(snapshot))
        return state
    }

    @Test func naiveFollowsHSRAndBothTakeTheirShare() throws {
        let told = try #require(PrefillTelling(frame(), now: 10))
        #expect(told.progress(at: 10) == (0, 0))
        let middle = told.progress(at: 10 + 0.01 * told.stretch)
        #expect(abs(middle.hsr - 0.5) < 1e-9 && middle.naive == 0)
        let later = told.progress(at: 10 + 0.05 * told.stretch)
        #expect(later.hsr == 1 && abs(later.naive - 0.5) < 1e-9)
        #expect(!told.isOver(at: 10 + 0.079 * told.stretch) && told.isOver(at: 10 + 0.081 * told.stretch))
        // A number that can be said, for a telling that can be followed.
        #expect(told.stretch == 100)
    }

    @Test func whatWasWatchedOrNotWonIsNotTold() {
        #expect(PrefillTelling(frame(hsr: 3, naive: 9), now: 0) == nil)
        var other = frame()
        other.method = "dense"
        #expect(PrefillTelling(other, now: 0) == nil)
        other = frame()
        other.phase = .cancelled
        #expect(PrefillTelling(other, now: 0) == nil)
    }

    @Test func itBeginsOnceAndEndsWithTheViewOrItsRows() throws {
        var state = try received(frame())
        #expect(state.prefillTold != nil)
        let snapshot = state.live
        // The ratio waits for its end.
        #expect(!Renderer().render(state).plainLines.contains { $0.contains("faster by") })
        _ = update(&state, .tick(60))
        #expect(state.prefillTold == nil)
        #expect(Renderer().render(state).plainLines.contains { $0.contains("faster by") })
        _ = update(&state, .received(snapshot))
        #expect(state.prefillTold == nil, "the same prefill is told once")
        #expect(try received(frame(), view: .race).prefillTold == nil)
        state = try received(frame())
        _ = update(&state, .show(.race))
        _ = update(&state, .tick(0.1))
        #expect(state.prefillTold == nil)
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)])
    func theLanesFillFromAbove(_ width: Int, _ height: Int) throws {
        var state = try received(frame())
        (state.width, state.height) = (width, height)
        func lit(_ share: Double) -> Int {
            state.now = share * 0.08 * 100
            let (picture, area) = (Renderer().render(state), ScreenAreas(state).view)
            let ground = context(state).theme[.naive].mixed(with: context(state).theme[.background], 0.35)
            return (area.y..<area.bottom).reduce(0) { count, y in
                count + (area.x..<area.right).count { picture[$0, y].style.background == ground }
            }
        }
        let counts = [0.2, 0.5, 0.75, 0.99].map(lit)
        #expect(counts[0] == 0 && counts[1] > 0 && counts[1] < counts[2] && counts[2] < counts[3], "\(counts)")
    }

    private func context(_ state: DashboardState) -> RenderContext { RenderContext(state, cache: RenderCache()) }

    @Test func stoppingSaysWhatStays() throws {
        var running = frame()
        running.phase = .running
        var state = try received(running)
        _ = update(&state, .prefill(.causal))
        #expect(state.toasts.last?.text.contains("p begins anew") == true)
    }
}

import HalfSpace
import Screen
import Simulation
import Testing

@testable import Dashboard

/// One step told slowly: two clocks, one factor.
@Suite struct SlowMotionTests {
    private func state(_ width: Int = 120, _ height: Int = 40) throws -> DashboardState {
        var snapshot = try Fixture.framed()
        snapshot.levels?.tree = TreePicture(levels: [
            [.crossing], [.pruned, .crossing, .whole, .crossing],
            [.unseen, .unseen, .unseen, .unseen, .pruned, .crossing, .pruned, .whole]
                + [.unseen, .unseen, .unseen, .unseen, .crossing, .pruned, .pruned, .pruned],
        ])
        return Fixture.state(width, height, snapshot)
    }

    @Test func bothClocksAreRealAndSlowedAlike() throws {
        var state = try state()
        #expect(update(&state, .slowMotion).isEmpty == false && state.view == .index)
        _ = update(&state, .tick(10))
        guard case .running(let slow) = state.slowMotion else {
            Issue.record("it does not run")
            return
        }
        let speedUp = try #require(SpeedUp(state.shown))
        #expect(slow.hsr == speedUp.hsr && slow.naive == speedUp.naive)
        #expect((2...20).contains(slow.naive * slow.stretch))
        // At every moment both have gone on for the same time.
        let half = 10 + slow.naive * slow.stretch / 2
        let progress = slow.progress(at: half)
        #expect(abs(progress.naive - 0.5) < 1e-9 && progress.hsr == 1)
        #expect(slow.progress(at: 10).naive == 0 && slow.progress(at: 1e9).naive == 1)
        _ = update(&state, .tick(half))
        let text = Renderer().render(state).plainText
        #expect(text.contains("both clocks real") && text.contains("32 91"), "\(text)")
        // Again, from its beginning.
        _ = update(&state, .slowMotion)
        _ = update(&state, .tick(half + 1))
        guard case .running(let again) = state.slowMotion else { return #expect(Bool(false)) }
        #expect(again.began == half + 1)
        _ = update(&state, .show(.race))
        _ = update(&state, .tick(half + 2))
        #expect(state.slowMotion == nil)
    }

    @Test(arguments: GlyphLevel.allCases, [(80, 24), (120, 40), (200, 60)])
    func theTreeIsDrawnLevelByLevel(_ level: GlyphLevel, _ size: (Int, Int)) throws {
        var state = try state(size.0, size.1)
        state.glyphs = level
        _ = update(&state, .slowMotion)
        _ = update(&state, .tick(1))
        for now in [1, 2, 3, 30.0] {
            _ = update(&state, .tick(now))
            let lines = Renderer().render(state).plainLines
            #expect(lines.contains { $0.contains("branch dropped") })
            // The sentence about the clocks stands whole.
            let clocks = lines.first { $0.contains("both clocks real") }
            #expect(clocks.map { !$0.prefix(size.0 / 2 - 3).contains("…") } == true, "\(clocks ?? "none")")
        }
    }

    @Test func aTreeIsMadeOfTheFatesOfItsKeys() {
        // Eight keys in nodes of eight, four and two, in an order of the index's own.
        let order: [UInt32] = [7, 6, 5, 4, 3, 2, 1, 0]
        var fates = [KeyFate](repeating: .pruned, count: 8)
        (fates[3], fates[2], fates[1], fates[0]) = (.whole, .whole, .tested, .reported)
        let tree = TreePicture(fates: fates, order: order[...], sizes: [8, 4, 2])
        #expect(tree.levels == [[.crossing], [.pruned, .crossing], [.unseen, .unseen, .whole, .crossing]])
        #expect(TreePicture(fates: [], order: [], sizes: [4]).levels == [[]])
        #expect(TreePicture(fates: fates, order: order[...], sizes: [0]).levels.isEmpty)
    }
}

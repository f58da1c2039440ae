import Screen
import Simulation
import Testing

@testable import Dashboard

@Suite struct ViewUpdateTests {
    private func details(_ effects: [Effect]) -> [Details] {
        effects.compactMap { if case .engine(.watch(let details)) = $0 { details } else { nil } }
    }

    private func sweeps(_ effects: [Effect]) -> [Bool] {
        effects.compactMap { if case .engine(.sweep(let runs)) = $0 { runs } else { nil } }
    }

    @Test func aViewAsksForWhatItWantsAndTheNextTakesItBack() {
        var state = Fixture.state()
        #expect(details(update(&state, .show(.race))).isEmpty, "the race wants nothing")
        #expect(sweeps(update(&state, .show(.scaling))) == [true])
        let toGeometry = update(&state, .show(.geometry))
        #expect(sweeps(toGeometry) == [false])
        #expect(details(toGeometry) == [[.geometry, .levels]])
        let back = update(&state, .show(.race))
        #expect(details(back) == [[]])
        #expect(sweeps(back).isEmpty)
    }

    @Test func theFirstViewCanBeAnyView() {
        var state = Fixture.state()
        state.view = .geometry
        #expect(
            details(update(&state, .show(.geometry))) == [[.geometry, .levels]],
            "shown from the start, entered by nobody")
    }

    @Test(arguments: ViewKind.allCases, [(80, 24), (120, 40), (200, 60)]) func everyViewNamesItself(
        _ view: ViewKind, _ size: (Int, Int)
    ) {
        var state = Fixture.state(size.0, size.1)
        _ = update(&state, .show(view))
        #expect(Fixture.picture(state).plainLines[0].contains(view.title))
    }
}

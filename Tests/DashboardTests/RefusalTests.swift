import Screen
import Simulation
import Testing

@testable import Dashboard

@Suite struct RefusalTests {
    /// What a refused action must leave as it is.
    private func essence(_ state: DashboardState) -> String {
        "\(state.settings) \(state.view) \(state.heatmap) \(state.demo == nil) \(state.focus) \(state.selected)"
    }

    @Test(arguments: ViewKind.allCases) func aRefusedLineOfTheHelpIsRefusedByEnterAsWell(_ view: ViewKind) {
        var refused = 0
        for (number, line) in BindingTable.standard.helpLines.enumerated() {
            var state = Fixture.state()
            _ = update(&state, .show(view))
            guard let sentence = line.action.refusal(in: state) else { continue }
            refused += 1
            state.overlay = .help(HelpPage(tab: .keys, selected: number))
            let before = essence(state)
            #expect(update(&state, .confirm).isEmpty, "\(line.title)")
            #expect(essence(state) == before, "\(line.title)")
            #expect(state.toasts.last?.text == sentence && state.toasts.last?.kind == .warning)
        }
        #expect(refused > 0)
    }

    @Test func aKeyAndTheMouseAreRefusedLikewise() {
        var state = Fixture.state()
        for action in [Action.zoom(by: 1), .fit, .order, .scale, .demo(.next), .change(.head, by: 1)] {
            let before = essence(state)
            #expect(action.refusal(in: state) != nil)
            #expect(update(&state, action).isEmpty)
            #expect(essence(state) == before)
        }
        let before = essence(state)
        _ = update(&state, .pointed(MouseEvent(kind: .wheelUp, x: 20, y: 10)))
        #expect(essence(state) == before)
        _ = update(&state, .show(.heatmap))
        #expect(Action.zoom(by: 1).refusal(in: state) == nil)
    }

    @Test func theArrowsTurnNothingThatIsRefused() {
        var state = Fixture.state()
        state.selected = .head
        #expect(update(&state, .move(dx: 0, dy: -1)).isEmpty)
        #expect(state.settings == Fixture.state().settings)
        #expect(state.toasts.last?.kind == .warning)
    }

    @Test(arguments: ViewKind.allCases, [(80, 24), (120, 40), (200, 60)])
    func aClickFindsThePanelThatIsDrawnThere(_ view: ViewKind, _ size: (Int, Int)) {
        var state = Fixture.state(size.0, size.1)
        _ = update(&state, .show(view))
        let area = ScreenAreas(state).view
        let places = view.view.layout(in: area, traits: LayoutTraits(state))
        for place in places {
            for (x, y) in [
                (place.rect.x, place.rect.y), (place.rect.right - 1, place.rect.bottom - 1),
                (place.rect.x + place.rect.width / 2, place.rect.y + place.rect.height / 2),
            ] {
                #expect(ScreenAreas.panel(atX: x, y: y, state) == place.panel)
                var clicked = state
                _ = update(&clicked, .pointed(MouseEvent(kind: .press, x: x, y: y)))
                #expect(clicked.focus == place.panel)
            }
        }
        #expect(ScreenAreas.panel(atX: 0, y: 0, state) == nil, "the header has no panel")
        state.isExpanded = true
        #expect(ScreenAreas.panel(atX: area.x + 1, y: area.y + 1, state) == nil)
    }
}

import Screen
import Simulation
import Testing

@testable import Dashboard

/// What a click and the wheel do outside of the panels: the bottom line, the parameters, what lies over the view.
@Suite struct ClickTests {
    private static let sizes = [(80, 24), (120, 40), (200, 60)]

    private func click(_ state: inout DashboardState, _ rect: Rect) -> [Effect] {
        update(&state, .pointed(MouseEvent(kind: .press, x: rect.x + rect.width / 2, y: rect.y)))
    }

    private func wheel(_ state: inout DashboardState, _ rect: Rect, up: Bool) -> [Effect] {
        update(&state, .pointed(MouseEvent(kind: up ? .wheelUp : .wheelDown, x: rect.x, y: rect.y)))
    }

    private func footer(_ state: DashboardState) -> [Footer.Place] { Footer.places(in: ScreenAreas(state).footer) }

    private func slots(_ state: DashboardState) -> [(parameter: Parameter, rect: Rect)] {
        ParametersPanel.slots(in: ParametersPanel.inside(ScreenAreas(state).parameters), settings: state.settings)
    }

    /// Each entry is clicked where the picture shows its words.
    @Test(arguments: sizes) func aClickOnAKeyOfTheFooterRunsIt(_ size: (Int, Int)) throws {
        let start = Fixture.state(size.0, size.1)
        let picture = Fixture.picture(start)
        let places = footer(start)
        #expect(places.last?.entry.keys == "q" && places.count >= 6)
        for place in places {
            #expect(Fixture.text(in: place.rect, of: picture) == "\(place.entry.keys) \(place.entry.title)")
            #expect(place.rect.right <= size.0)
        }
        func clicked(_ title: String) throws -> (DashboardState, [Effect]) {
            var state = start
            let place = try #require(places.first { $0.entry.title == title })
            let effects = click(&state, place.rect)
            return (state, effects)
        }
        #expect(try clicked("pause").0.isPaused)
        #expect(try clicked("freeze").0.isFrozen)
        #expect(try clicked("expand").0.isExpanded)
        #expect(try clicked("help").0.overlay != nil)
        guard case .quit? = try clicked("quit").1.first else {
            Issue.record("a click on q does not quit")
            return
        }
        // Nine keys share one entry: a list of them opens, and a click on its line runs it.
        var state = try clicked("views").0
        guard case .help(let page) = state.overlay else {
            Issue.record("no list of views")
            return
        }
        let rows = HelpOverlay.list(of: state, page: page).rows
        #expect(rows.count == 9)
        _ = click(&state, rows[3].rect)
        #expect(state.view == .geometry && state.overlay == nil)
    }

    @Test func aMessageOverTheKeysIsClickedAway() throws {
        var state = Fixture.state()
        _ = update(&state, .notice("something", .info))
        let pause = try #require(footer(state).first { $0.entry.title == "pause" })
        #expect(click(&state, pause.rect).isEmpty && !state.isPaused && state.toasts.isEmpty)
        _ = click(&state, pause.rect)
        #expect(state.isPaused)
    }

    @Test(arguments: sizes) func aClickSelectsAParameterAndTheWheelTurnsIt(_ size: (Int, Int)) throws {
        let start = Fixture.state(size.0, size.1)
        let picture = Fixture.picture(start)
        for (parameter, rect) in slots(start) {
            // The slot is where its value is drawn.
            let shown = Fixture.text(in: rect, of: picture)
            let value = parameter.value(in: start.settings, snapshot: start.live)
            #expect(shown.contains(value.prefix(4)), "\(parameter): \(shown)")
            var state = start
            #expect(click(&state, rect).isEmpty)
            let refusal = parameter.refusal(in: start.settings, snapshot: start.live)
            #expect(state.selected == (refusal == nil ? parameter : start.selected))
            #expect(state.toasts.last?.text == refusal)
            state = start
            let effects = wheel(&state, rect, up: true) + wheel(&state, rect, up: false)
            #expect(effects.isEmpty == (refusal != nil), "\(parameter)")
            #expect(refusal == nil || state.toasts.last?.text == refusal)
        }
        var state = start
        let dimension = try #require(slots(start).first { $0.parameter == .dimension })
        _ = wheel(&state, dimension.rect, up: true)
        #expect(state.settings.d == 6)
        _ = wheel(&state, dimension.rect, up: false)
        _ = wheel(&state, dimension.rect, up: false)
        #expect(state.settings.d == 3 && state.selected == .dimension)
    }

    @Test func slotsDoNotOverlapAndNothingIsClickedBesideThem() {
        for width in 80...300 {
            for height in [24, 33, 34, 60] {
                var state = Fixture.state(width, height, Snapshot())
                let area = ScreenAreas(state).parameters
                let rects = slots(state).map(\.rect)
                for (i, rect) in rects.enumerated() {
                    #expect(rect.width > 0 && rect.intersection(area) == rect)
                    #expect(rects.dropFirst(i + 1).allSatisfy { $0.intersection(rect).isEmpty })
                }
                // The header is no key.
                #expect(click(&state, Rect(x: 3, y: 0, width: 1, height: 1)).isEmpty)
            }
        }
    }

    @Test func inADemoTheHintsAreClicked() throws {
        var state = Fixture.state(120, 40)
        let demo = try DemoLibrary.standard.load(try DemoLibrary.standard.file("exactness"))
        state.demo = DemoPlayer(demo: demo, mode: .presented)
        _ = update(&state, .tick(0.1))
        let line = try #require(Fixture.picture(state).plainLines.last)
        func column(_ text: String) throws -> Int {
            line.distance(from: line.startIndex, to: try #require(line.range(of: text)).lowerBound)
        }
        let before = state.demo?.place
        _ = click(&state, Rect(x: try column("PgDn"), y: 39, width: 1, height: 1))
        #expect(state.demo?.place != before)
        _ = click(&state, Rect(x: try column("? help"), y: 39, width: 1, height: 1))
        #expect(state.overlay == .help(HelpPage()))
        // A click beside it closes it, one on its frame does not.
        _ = click(&state, Rect(x: 60, y: 20, width: 1, height: 1))
        #expect(state.overlay != nil)
        _ = click(&state, Rect(x: 0, y: 20, width: 1, height: 1))
        #expect(state.overlay == nil)
        _ = update(&state, .demo(.list))
        let rows = ChapterList.rows(
            in: ChapterList.inside(Rect(x: 0, y: 0, width: 120, height: 40), count: demo.chapters.count),
            count: demo.chapters.count, selected: 0)
        _ = click(&state, rows[1].rect)
        #expect(state.demo?.place.chapter == 1 && state.overlay == nil)
    }

    /// The list as it is drawn is the list that is clicked.
    @Test(arguments: sizes) func aClickedLineIsTheLineThatIsDrawn(_ size: (Int, Int)) throws {
        var state = Fixture.state(size.0, size.1)
        _ = update(&state, .help)
        _ = update(&state, .nextPanel)
        for selected in [0, 20, 60] {
            let page = HelpPage(tab: .keys, selected: selected)
            state.overlay = .help(page)
            let picture = Fixture.picture(state)
            let items = HelpItems(state, page: page).selectable
            for (number, rect) in HelpOverlay.list(of: state, page: page).rows {
                guard case .binding(let binding) = items[number] else { continue }
                let shown = Fixture.text(in: rect, of: picture)
                #expect(shown.contains(binding.title.prefix(30)), "\(shown)")
            }
        }
    }
}

import Screen
import Simulation
import Testing

@testable import Dashboard

/// The list of themes: what is selected is on the whole screen, and stays only if it is kept.
@Suite struct ThemeListTests {
    private func state(_ width: Int = 80, _ height: Int = 24) -> DashboardState {
        var state = DashboardState(themes: ThemeLibrary.standard.all().themes)
        (state.width, state.height) = (width, height)
        _ = update(&state, .received(Fixture.standard))
        return state
    }

    @Test func theWholeScreenShowsTheSelectedThemeAtOnce() {
        var state = state()
        _ = update(&state, .themes)
        let names = state.themes.map(\.name)
        #expect(names.count >= 6)
        for _ in 0..<2 { _ = update(&state, .move(dx: 0, dy: 1)) }
        #expect(state.theme.name == names[2])
        let picture = Fixture.picture(state)
        // The header is far from the list.
        #expect(picture[2, 0].style.foreground == state.theme[.accent])
        #expect(picture.plainText.contains(names[0]) && picture.plainText.contains("Enter keeps"))
        _ = update(&state, .theme(by: 1))
        #expect(state.theme.name == names[3])
        _ = update(&state, .confirm)
        #expect(state.overlay == nil && state.theme.name == names[3] && state.themes[state.themeIndex].name == names[3])
    }

    @Test func escapeAndAnythingElseThatClosesItRestoreTheOneBefore() {
        var start = state()
        _ = update(&start, .theme(by: 1))
        let before = start.theme.name
        for close in [Action.close, .help, .palette, .themes] {
            var state = start
            _ = update(&state, .themes)
            _ = update(&state, .move(dx: 0, dy: 1))
            #expect(state.theme.name != before)
            _ = update(&state, close)
            #expect(state.theme.name == before, "\(close)")
        }
        // The list goes no further than its ends.
        var state = start
        _ = update(&state, .themes)
        for _ in 0..<50 { _ = update(&state, .move(dx: 0, dy: -1)) }
        #expect(state.theme == state.themes[0])
        for _ in 0..<50 { _ = update(&state, .move(dx: 0, dy: 1)) }
        #expect(state.theme == state.themes.last)
    }

    @Test func themesThatAreReadAnewMoveNeitherTheTriedNorTheKept() {
        var state = state()
        _ = update(&state, .themes)
        for _ in 0..<3 { _ = update(&state, .move(dx: 0, dy: 1)) }
        let (kept, tried) = (state.themes[0].name, state.theme.name)
        _ = update(&state, .themesChanged(state.themes.reversed()))
        #expect(state.theme.name == tried)
        _ = update(&state, .close)
        #expect(state.theme.name == kept)
        // A file that is gone while it is tried stays as it was.
        _ = update(&state, .themes)
        _ = update(&state, .move(dx: 0, dy: -1))
        let gone = state.theme.name
        _ = update(&state, .themesChanged(state.themes.filter { $0.name != gone }))
        #expect(state.theme.name == gone)
    }

    @Test func aClickTriesAndASecondKeeps() throws {
        var state = state(120, 40)
        _ = update(&state, .themes)
        let inside = ThemeList.inside(ScreenAreas(state).view, count: state.themes.count)
        let rows = ThemeList.rows(in: inside, count: state.themes.count, selected: 0)
        let row = try #require(rows.first { $0.number == 4 })
        let shown = Fixture.text(in: row.rect, of: Fixture.picture(state))
        #expect(shown.contains(state.themes[4].name))
        let click = Action.pointed(MouseEvent(kind: .press, x: row.rect.x + 3, y: row.rect.y))
        _ = update(&state, click)
        #expect(state.theme == state.themes[4] && state.themeIndex == 0 && state.overlay != nil)
        _ = update(&state, click)
        #expect(state.themeIndex == 4 && state.overlay == nil)
    }

    @Test func aThemeThatIsKeptHoldsInADemo() throws {
        var state = state(120, 40)
        state.demo = DemoPlayer(
            demo: try DemoLibrary.standard.load(try DemoLibrary.standard.file("exactness")), mode: .presented)
        _ = update(&state, .tick(0.1))
        _ = update(&state, .themes)
        for _ in 0..<2 { _ = update(&state, .move(dx: 0, dy: 1)) }
        let name = state.theme.name
        #expect(state.demo?.ownTheme == nil)
        _ = update(&state, .confirm)
        #expect(state.demo?.ownTheme == name)
        _ = update(&state, .demo(.next))
        #expect(state.theme.name == name)
    }

    @Test(arguments: [ColourDepth.none, .eight, .palette256, .trueColour], GlyphLevel.allCases)
    func itIsDrawnOnEveryTerminal(_ depth: ColourDepth, _ glyphs: GlyphLevel) {
        var state = state()
        (state.depth, state.glyphs) = (depth, glyphs)
        // More themes than rows.
        state.themes += (0..<60).map { number in
            var theme = state.themes[0]
            theme.name = "mine \(number)"
            return theme
        }
        _ = update(&state, .themes)
        for _ in 0..<40 { _ = update(&state, .move(dx: 0, dy: 1)) }
        let picture = Fixture.picture(state)
        #expect(picture.plainText.contains(state.theme.name))
        #expect(glyphs != .ascii || picture.plainText.utf8.allSatisfy { $0 < 0x80 })
    }
}

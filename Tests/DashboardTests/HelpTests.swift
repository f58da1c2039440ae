import Screen
import Simulation
import Testing

@testable import Dashboard

/// The page behind `?` and `/`: the words that are on the screen, the keys, and a search in both.
@Suite struct HelpTests {
    private func page(_ state: DashboardState) -> HelpPage? {
        if case .help(let page) = state.overlay { page } else { nil }
    }

    private func type(_ text: String, into state: inout DashboardState) {
        for character in text { _ = update(&state, .typed(.character(character))) }
    }

    @Test func theWordsOfTheViewComeFirstAndTheKeysSecond() {
        var state = Fixture.state(120, 40)
        _ = update(&state, .help)
        var text = Fixture.picture(state).plainText
        #expect(text.contains("how to read Race") && text.contains("words on this screen"))
        #expect(text.contains("half-space reporting: finds the keys"))
        // What is not on this screen is not explained on it.
        #expect(
            !HelpItems(state, page: HelpPage()).items.contains {
                if case .word(let entry) = $0 { entry.term == "certificate" } else { false }
            })
        _ = update(&state, .nextPanel)
        text = Fixture.picture(state).plainText
        #expect(text.contains("pause: the engine stands still"))
        _ = update(&state, .nextPanel)
        #expect(page(state)?.tab == .words)
        _ = update(&state, .close)
        #expect(state.overlay == nil)
    }

    @Test func aSearchGoesThroughBoth() {
        var state = Fixture.state(120, 40)
        _ = update(&state, .search)
        #expect(state.isTyping)
        type("thresh", into: &state)
        let text = Fixture.picture(state).plainText
        #expect(text.contains("search: thresh_") && text.contains("next threshold rule"))
        #expect(text.contains("the threshold: a key that scores at least b is attended"))
        _ = update(&state, .typed(.backspace))
        #expect(page(state)?.search == "thres")
        _ = update(&state, .typed(.enter))
        #expect(!state.isTyping && page(state)?.search == "thres")
        _ = update(&state, .close)
        #expect(page(state)?.search == nil && state.overlay != nil)
        _ = update(&state, .close)
        #expect(state.overlay == nil)
    }

    @Test func aKeyThatWasFoundIsRun() throws {
        var state = Fixture.state(120, 40)
        _ = update(&state, .search)
        type("frame rate", into: &state)
        _ = update(&state, .typed(.enter))
        let items = HelpItems(state, page: try #require(page(state)))
        for _ in 1..<items.selectable.count { _ = update(&state, .move(dx: 0, dy: 1)) }
        _ = update(&state, .confirm)
        #expect(state.showsHUD && state.overlay == nil)
    }

    @Test func thePaletteRunsAnActionByItsName() {
        var state = Fixture.state(120, 40)
        _ = update(&state, .palette)
        #expect(state.isTyping && Fixture.picture(state).plainText.contains("pause: the engine stands still"))
        type("frame rate", into: &state)
        _ = update(&state, .typed(.enter))
        #expect(state.showsHUD && state.overlay == nil)
        // Nothing of such a name runs nothing, and Esc closes.
        _ = update(&state, .palette)
        type("xyzzy", into: &state)
        #expect(update(&state, .typed(.enter)).isEmpty && state.overlay != nil)
        _ = update(&state, .typed(.escape))
        #expect(state.overlay == nil)
    }

    @Test func nothingIsSelectedBeyondTheEnds() {
        var state = Fixture.state()
        _ = update(&state, .help)
        for _ in 0..<300 { _ = update(&state, .move(dx: 0, dy: 1)) }
        let last = page(state)?.selected ?? 0
        #expect(last == HelpItems(state, page: HelpPage()).selectable.count - 1)
        _ = update(&state, .move(dx: 0, dy: -1))
        #expect(page(state)?.selected == last - 1)
    }

    @Test(arguments: ViewKind.allCases, [(80, 24), (120, 40), (200, 60)])
    func everyViewSaysHowToReadItAtEverySize(_ view: ViewKind, _ size: (Int, Int)) throws {
        var state = Fixture.state(size.0, size.1, try Fixture.framed())
        _ = update(&state, .show(view))
        _ = update(&state, .help)
        let reading = view.view.reading(RenderContext(state, cache: RenderCache()))
        #expect(!reading.isEmpty && reading.allSatisfy { $0.count > 20 })
        let words = reading[0].split(separator: " ").prefix(3).joined(separator: " ")
        #expect(Fixture.picture(state).plainText.contains(words))
    }

    /// Search and palette open on every view, with nothing of the page cut off.
    @Test(arguments: ViewKind.allCases, [(80, 24), (120, 40)])
    func everyViewIsSearchedAndHasItsActions(_ view: ViewKind, _ size: (Int, Int)) throws {
        for (action, foot) in [(Action.search, "letters search words and keys"), (.palette, "letters narrow the list")]
        {
            var state = Fixture.state(size.0, size.1, try Fixture.framed())
            _ = update(&state, .show(view))
            _ = update(&state, action)
            #expect(state.isTyping && Fixture.picture(state).plainText.contains(foot))
            type("theme", into: &state)
            let text = Fixture.picture(state).plainText
            #expect(text.contains("next theme") && text.contains("list of themes"))
            _ = update(&state, .typed(.escape))
            _ = update(&state, .close)
            #expect(state.overlay == nil && state.view == view)
        }
    }

    @Test func aNewcomersRaceSaysItsWordsWithoutAKey() {
        let text = Fixture.picture(Fixture.state(120, 40)).plainText
        for word in ["in words", "earlier ones (keys)", "calibrated", "n^0.8 =", "even attention"] {
            #expect(text.contains(word), "\(word)")
        }
    }
}

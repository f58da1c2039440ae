import Attention
import HalfSpace
import Screen
import Simulation
import Testing
import Workload

@testable import Dashboard

@Suite struct UpdateTests {
    /// The state after the keys, and the settings that went to the engine.
    private func press(
        _ keys: String, from start: DashboardState = Fixture.state()
    ) -> (state: DashboardState, sent: [Settings]) {
        var state = start
        var sent: [Settings] = []
        for key in keys {
            guard let binding = BindingTable.standard[.character(key)] else { continue }
            for effect in update(&state, binding.action) {
                if case .engine(.set(let settings)) = effect { sent.append(settings) }
            }
        }
        return (state, sent)
    }

    @Test(
        arguments: [
            ("D", \Settings.d, 6), ("d", \.d, 3), ("N", \.n, 131_072), ("nn", \.n, 16_384),
        ] as [(String, KeyPath<Settings, Int?> & Sendable, Int)])
    func dimensionAndLength(_ keys: String, _ path: KeyPath<Settings, Int?> & Sendable, _ value: Int) {
        let (state, sent) = press(keys)
        #expect(state.settings[keyPath: path] == value)
        #expect(sent.last == state.settings)
        #expect(state.toasts.isEmpty == false)
    }

    @Test func dimensionStopsAtTheEnds() {
        let (low, sent) = press("dddddddd")
        #expect(low.settings.d == 1)
        #expect(sent.count == 3)
        #expect(low.toasts.last?.text.contains("stays at 1") == true)
        #expect(press(String(repeating: "D", count: 30)).state.settings.d == 256)
    }

    @Test func offsetGoesByTenthsWithoutDrift() {
        #expect(press("BBB").state.settings.threshold.offset == 0.3)
        #expect(press(String(repeating: "B", count: 7) + "bbbbbbbbb").state.settings.threshold.offset == -0.2)
    }

    @Test func eachActivationRemembersItsAlphaAndRule() {
        let (state, _) = press("AAc")
        #expect(state.settings.activation == .relu(alpha: 3))
        let softmax = press("x", from: state).state
        #expect(softmax.settings.activation == .softmax)
        #expect(softmax.settings.threshold.rule == .count)
        let refused = press("a", from: softmax)
        #expect(refused.sent.isEmpty)
        #expect(refused.state.toasts.last?.text.contains("softmax has no α") == true)
        let entmax = press("xA", from: softmax).state
        #expect(entmax.settings.activation == .entmax(alpha: 1.75))
        let again = press("x", from: entmax).state
        #expect(again.settings.activation == .relu(alpha: 3))
        #expect(again.settings.threshold.rule == .count)
    }

    @Test func manualStartsAtTheThresholdInForce() {
        let (state, _) = press("cc")
        #expect(state.settings.threshold.rule == .manual)
        #expect(state.settings.threshold.manual == 3.02)
    }

    @Test func aTraceBringsItsOwnDimension() {
        var (state, _) = press("DD")
        state = press("ww", from: state).state
        #expect(state.settings.workload == .trace)
        #expect(state.settings.d == nil)
        let refused = press("D", from: state)
        #expect(refused.sent.isEmpty)
        #expect(refused.state.toasts.last?.text.contains("trace") == true)
        let model = press("w", from: state).state
        #expect(model.settings.workload == .model && model.settings.activation == .relu(alpha: 2))
        #expect(model.settings.threshold.rule == .learned && model.settings.d == nil)
        let back = press("w", from: model).state.settings
        #expect(back.d == 8 && back.activation == .relu(alpha: 1) && back.threshold.rule == .calibrated)
    }

    @Test func theBudgetNeedsTheCountRule() {
        #expect(press("R").sent.isEmpty)
        #expect(press("xR").state.settings.threshold.budget == .power(0.85))
    }

    @Test func anIndexThatCannotServeIsSkipped() {
        var (state, _) = press("iii")
        #expect(state.settings.index == .fixed(.net))
        var failed = Fixture.snapshot(steps: 2, n: 64)
        failed.phase = .failed("the net index cannot serve here: d is 64")
        failed.settings.index = .fixed(.net)
        let effects = update(&state, .received(failed))
        #expect(state.settings.index == .fixed(.boxes))
        #expect(effects.count == 1)
        #expect(state.toasts.last?.text.contains("skipped") == true)
    }

    @Test func defaultsRestoreEverything() {
        let (state, sent) = press("DDNxBc0")
        #expect(state.settings == Settings())
        #expect(sent.last == Settings())
    }

    @Test func pauseStepAndFreeze() {
        var state = Fixture.state()
        #expect(update(&state, .pause).count == 1)
        #expect(state.isPaused)
        #expect(update(&state, .step).count == 1)
        _ = update(&state, .pause)
        #expect(update(&state, .step).count == 2)
        #expect(state.isPaused)
        _ = update(&state, .freeze)
        let picture = Fixture.picture(state)
        _ = update(&state, .received(Fixture.snapshot(steps: 301)))
        #expect(Fixture.picture(state) == picture)
        _ = update(&state, .freeze)
        #expect(Fixture.picture(state) != picture)
    }

    @Test func messagesAreGoneWithinFourSeconds() {
        var (state, _) = press("D")
        _ = update(&state, .tick(Toast.lifetime - 0.01))
        #expect(state.toasts.count == 1)
        _ = update(&state, .tick(3.99))
        #expect(state.toasts.isEmpty)
    }

    @Test func escapeClosesTheInnermost() {
        var state = Fixture.state()
        _ = update(&state, .expand)
        _ = update(&state, .help)
        _ = update(&state, .close)
        #expect(state.overlay == nil)
        #expect(state.isExpanded)
        _ = update(&state, .close)
        #expect(state.isExpanded == false)
    }

    @Test func enterRunsTheSelectedLineOfTheHelp() {
        var state = Fixture.state()
        _ = update(&state, .help)
        _ = update(&state, .nextPanel)
        let line = BindingTable.standard.helpLines.firstIndex { $0.short == "quit" } ?? 0
        for _ in 0..<line { _ = update(&state, .move(dx: 0, dy: 1)) }
        guard case .quit? = update(&state, .confirm).first else {
            Issue.record("quit was not run")
            return
        }
        #expect(state.overlay == nil)
    }

    @Test func paceEndsAtFullSpeed() {
        let (state, _) = press(String(repeating: ">", count: 20))
        #expect(state.pace == .full)
    }
}

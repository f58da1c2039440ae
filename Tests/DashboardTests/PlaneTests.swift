import Attention
import Screen
import Simulation
import Testing

@testable import Dashboard

/// The plane of the Geometry view in a person's hand, and how the header says where it stands.
@Suite struct PlaneTests {
    private func state(_ width: Int, _ height: Int) -> DashboardState {
        var state = Fixture.state(width, height, Fixture.snapshot(with: Fixture.geometry()))
        _ = update(&state, .show(.geometry))
        return state
    }

    private func point(_ state: inout DashboardState, _ kind: MouseEvent.Kind, _ x: Int, _ y: Int) -> [Effect] {
        update(&state, .pointed(MouseEvent(kind: kind, x: x, y: y)))
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)])
    func theLineIsTakenWhereItIsDrawnAndMovesB(_ size: (Int, Int)) throws {
        var state = state(size.0, size.1)
        let map = try #require(GeometryPanel.map(of: state))
        let column = map.area.x + Int(map.x(map.frame.line))
        let y = map.area.y + 2
        // The line is drawn in that column.
        let picture = Fixture.picture(state)
        #expect(["│", "\u{258F}", "\u{2595}"].contains(picture[column, y].glyph.text), "\(picture[column, y])")
        let record = try #require(RenderContext(state, cache: RenderCache()).record)
        let scores = try #require(record.scores)

        _ = point(&state, .press, column, y)
        #expect(state.grip != nil && state.settings.threshold.offset == 0)
        var sent: [Settings] = []
        let target = column + 4
        for x in [column + 2, target, target] {
            for case .engine(.set(let settings)) in point(&state, .drag, x, y) { sent.append(settings) }
        }
        let b = map.score(map.across(Double(target - map.area.x) + 0.5))
        let offset = ((b - map.score(map.frame.line)) / scores.deviation * 100).rounded() / 100
        #expect(offset > 0 && state.settings.threshold.offset == min(offset, 5))
        #expect(sent.last == state.settings && sent.count == 2)
        #expect(state.toasts.last?.text.hasPrefix("b \(Format.significant(b)) = μ ") == true)
        // Where it is to go is drawn at once.
        #expect(Fixture.picture(state)[target, y].glyph == GlyphSet.braille.mark)
        _ = point(&state, .release, target, y)
        #expect(state.grip == nil && Fixture.picture(state)[target, y].glyph != GlyphSet.braille.mark)
        #expect(point(&state, .drag, target - 6, y).isEmpty && state.settings == sent.last)
    }

    @Test func elsewhereItIsAnOrdinaryClick() throws {
        var state = state(120, 40)
        let map = try #require(GeometryPanel.map(of: state))
        _ = point(&state, .press, map.area.x + Int(map.x(map.frame.line)) - 9, map.area.y + 2)
        #expect(state.grip == nil)
        _ = point(&state, .drag, map.area.x + 40, map.area.y + 2)
        #expect(state.settings == Fixture.state().settings)
    }

    @Test func aRuleThatFindsItsOwnThresholdSaysSo() throws {
        for (activation, rule) in [(Activation.entmax(alpha: 1.5), ThresholdRule.calibrated), (.softmax, .error)] {
            var state = state(120, 40)
            state.settings.activation = activation
            state.settings.threshold.rule = rule
            let before = state.settings
            let map = try #require(GeometryPanel.map(of: state))
            let x = map.area.x + Int(map.x(map.frame.line))
            _ = point(&state, .press, x, map.area.y + 2)
            _ = point(&state, .drag, x + 5, map.area.y + 2)
            #expect(state.grip == nil && state.settings == before)
            #expect(state.toasts.last?.kind == .warning)
        }
    }

    @Test func bSetByHandIsTheScoreUnderTheMouse() throws {
        var state = state(120, 40)
        state.settings.threshold.rule = .manual
        let map = try #require(GeometryPanel.map(of: state))
        let x = map.area.x + Int(map.x(map.frame.line))
        _ = point(&state, .press, x, map.area.y + 2)
        _ = point(&state, .drag, x + 3, map.area.y + 2)
        let b = map.score(map.across(Double(x + 3 - map.area.x) + 0.5))
        #expect(abs(state.settings.threshold.manual - b) < 0.001 && state.settings.threshold.offset == 0)
    }

    @Test func inADemoItTakesOver() throws {
        var state = state(120, 40)
        let demo = try DemoLibrary.standard.load(try DemoLibrary.standard.file("threshold"))
        state.demo = DemoPlayer(demo: demo, mode: .presented)
        _ = update(&state, .tick(0.1))
        _ = update(&state, .show(.geometry))
        let map = try #require(GeometryPanel.map(of: state))
        let x = map.area.x + Int(map.x(map.frame.line))
        _ = point(&state, .press, x, map.area.y + 2)
        #expect(state.demo?.isLive == false)
        _ = point(&state, .drag, x + 5, map.area.y + 2)
        #expect(state.demo?.isLive == true)
    }

    @Test func aFrameWithoutAPlaneIsNotTaken() throws {
        for edit in [{ (f: inout GeometryFrame) in f.line = .infinity }, { $0.line = -.infinity }, { $0.line = .nan }] {
            var frame = Fixture.geometry()
            edit(&frame)
            var state = Fixture.state(120, 40, Fixture.snapshot(with: frame))
            _ = update(&state, .show(.geometry))
            for x in 0..<120 {
                _ = point(&state, .press, x, 10)
                _ = point(&state, .drag, 119 - x, 10)
                _ = point(&state, .release, x, 10)
            }
            #expect(abs(state.settings.threshold.offset) <= 5)
            #expect(Fixture.picture(state).width == 120)
        }
    }

    @Test func theHeaderSaysHowManyDeviationsBLiesAboveTheMean() {
        var record = StepRecord()
        record.threshold = 3.02
        #expect(Header.threshold(record) == "b 3.02")
        record.scores = ScoreSpread(mean: 0.1, deviation: 1.4)
        #expect(Header.threshold(record) == "b 3.02 = μ + 2.09σ")
        record.scores = ScoreSpread(mean: 5.82, deviation: 1.4)
        #expect(Header.threshold(record) == "b 3.02 = μ - 2.00σ")
        record.scores = ScoreSpread(mean: 1, deviation: 0)
        #expect(Header.threshold(record) == "b 3.02")
        for (width, height) in [(80, 24), (120, 40)] {
            #expect(Fixture.picture(state(width, height)).plainLines[0].contains("b 3.02 = μ + 2.09σ"))
        }
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)])
    func whatWasPredictedStandsBesideWhatWasReported(_ size: (Int, Int)) {
        var snapshot = Fixture.snapshot(with: Fixture.geometry())
        var record = snapshot.history[snapshot.history.count - 1]
        (record.predicted, record.step) = (1234.4, snapshot.geometry?.step ?? 0)
        snapshot.history.append(record)
        var state = Fixture.state(size.0, size.1, snapshot)
        _ = update(&state, .show(.geometry))
        let lines = Fixture.picture(state).plainLines
        #expect(lines.contains { $0.contains("predicted") && $0.contains("1 234") }, "\(lines)")
        #expect(lines.contains { $0.contains("missed") })
    }
}

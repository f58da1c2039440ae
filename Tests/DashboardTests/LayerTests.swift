import Testing
import Workload

@testable import Dashboard
@testable import Simulation

/// The heads of a made layer on the screen: by key and by demo.
@Suite struct LayerTests {
    private func snapshot(heads: Int, keyHeads: Int) throws -> Snapshot {
        var snapshot = Snapshot()
        snapshot.settings.request.shape = try LayerShape(heads: heads, keyHeads: keyHeads)
        (snapshot.heads, snapshot.layers) = (heads, [HeadLayer(number: 0, heads: heads)])
        snapshot.n = 100
        return snapshot
    }

    @Test func theKeyTurnsToTheNextHeadAndRound() throws {
        let snapshot = try snapshot(heads: 4, keyHeads: 2)
        var (settings, remembered) = (snapshot.settings, Remembered())
        #expect(Parameter.head.refusal(in: settings, snapshot: snapshot) == nil)
        #expect(Parameter.shown(in: settings).last == .head)
        for wanted in [1, 2, 3, 0] {
            settings = Parameter.head.stepped(settings, by: 1, snapshot: snapshot, remembered: &remembered)
            #expect(settings.head == wanted && settings.request.shape == snapshot.settings.request.shape)
        }
        // The error rule is for one head.
        settings.activation = .softmax
        settings.threshold.rule = .count
        for _ in 0..<12 {
            settings = Parameter.rule.stepped(settings, by: 1, snapshot: snapshot, remembered: &remembered)
            #expect(settings.threshold.rule != .error)
        }
        #expect(Parameter.head.refusal(in: Settings(), snapshot: Snapshot()) != nil)
    }

    /// Traces and models bring their heads; the layer is there again when one comes back to made data.
    @Test func otherWorkloadsPutTheLayerAside() throws {
        let snapshot = try snapshot(heads: 4, keyHeads: 2)
        var (settings, remembered) = (snapshot.settings, Remembered())
        settings.head = 3
        for _ in 0..<4 {
            settings = Parameter.workload.stepped(settings, by: 1, snapshot: snapshot, remembered: &remembered)
            let isMade = settings.workload == .massive || settings.workload == .gaussian
            #expect((settings.request.shape != nil) == isMade)
            if isMade, settings.workload == .massive { #expect(settings.head == nil) }
        }
        #expect(settings.workload == .massive && settings.request.shape == snapshot.settings.request.shape)
    }

    @Test func demosSetHeadsAndRefuseWhatMakesNoLayer() throws {
        func set(_ values: [(DemoParameter, DemoSection.Scalar)]) throws -> Settings {
            var settings = Settings()
            for (parameter, value) in values { try parameter.set(value, in: &settings) }
            return settings
        }
        let made = try set([(.heads, .whole(8)), (.keyHeads, .whole(2))]).request.shape
        #expect(made == (try LayerShape(heads: 8, keyHeads: 2)))
        #expect(try set([(.heads, .whole(8))]).request.shape?.keyHeads == 8)
        #expect(try set([(.heads, .whole(8)), (.workload, .text("trace"))]).request.shape == nil)
        let wrong: [[(DemoParameter, DemoSection.Scalar)]] = [
            [(.heads, .whole(8)), (.keyHeads, .whole(3))], [(.keyHeads, .whole(3))], [(.heads, .whole(0))],
            [(.heads, .whole(.max))], [(.heads, .text("8"))], [(.workload, .text("trace")), (.heads, .whole(8))],
        ]
        for values in wrong { #expect(throws: DemoParameter.Mistake.self) { try set(values) } }
    }

    /// The Heads view has every head's share and ratio; the Race's verdict is the layer's.
    @Test func everyHeadHasItsShareAndRatio() throws {
        var snapshot = try snapshot(heads: 3, keyHeads: 1)
        for step in 0..<9 {
            var record = StepRecord()
            (record.step, record.n, record.reported) = (step, 100, 0)
            (record.hsrSeconds, record.naiveSeconds) = (1e-5, 3e-5)
            var layer = LayerRecord(shape: try LayerShape(heads: 3, keyHeads: 1), shown: 1, threads: 2)
            layer.reported = [2, 0, nil]
            layer.seconds = [1e-6, 2e-6, 4e-6]
            layer.naiveSeconds = [4e-6, 4e-6, 4e-6]
            record.layer = layer
            snapshot.history.append(record)
        }
        var state = DashboardState(settings: snapshot.settings, themes: [Fixture.theme])
        state.live = snapshot
        let grid = try #require(HeadGrid(state))
        #expect(grid.values == [[2, 0, 100]] && grid.ratios == [[4, 2, 1]])
        let speedUp = try #require(SpeedUp(snapshot))
        guard case .measured(let ratio) = RaceVerdict(speedUp) else {
            Issue.record("the layer reported two keys")
            return
        }
        #expect(abs(ratio - 3) < 1e-9)
    }
}

import Screen
import Simulation
import Testing

@testable import Dashboard

/// Each view says in one sentence what its figures say, at every size, and says nothing while they are unknown.
@Suite struct MessageLineTests {
    private func words(_ view: ViewKind, _ snapshot: Snapshot) -> [String] {
        var state = Fixture.state(120, 40, snapshot)
        state.view = view
        return view.view.message(RenderContext(state, cache: RenderCache()))
    }

    private static func known(_ view: ViewKind) throws -> Snapshot {
        switch view {
        case .scaling: Fixture.snapshot(with: Fixture.sweep)
        case .geometry: Fixture.snapshot(with: Fixture.geometry())
        default: try Fixture.framed()
        }
    }

    @Test(arguments: [ViewKind.race, .heatmap, .scaling, .geometry, .index, .prefill, .policies])
    func itStandsOnTheScreenAtEverySize(_ view: ViewKind) throws {
        let snapshot = try Self.known(view)
        let wordings = words(view, snapshot)
        #expect(!wordings.isEmpty)
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            for isExpanded in [false, true] {
                var state = Fixture.state(width, height, snapshot)
                state.view = view
                state.isExpanded = isExpanded
                let lines = Renderer().render(state).plainLines
                #expect(lines.contains { line in wordings.contains { line.contains(" \($0) ") } }, "\(view) \(width)")
            }
        }
    }

    @Test(arguments: ViewKind.allCases)
    func nothingIsSaidOfNothing(_ view: ViewKind) { #expect(words(view, Snapshot()) == []) }

    @Test func theRaceNamesTheWinner() throws {
        var snapshot = try Fixture.framed()
        #expect(words(.race, snapshot).first?.contains("HSR is") == true)
        var records = (0..<snapshot.history.count).map { snapshot.history[$0] }
        for i in records.indices {
            records[i].naiveSeconds = records[i].naiveSeconds.map { _ in records[i].hsrSeconds / 3 }
        }
        snapshot.history.removeAll()
        for record in records { snapshot.history.append(record) }
        #expect(words(.race, snapshot).first?.hasSuffix("naive is 3.0× faster") == true, "\(words(.race, snapshot))")
        for i in records.indices { records[i].reported = 0 }
        snapshot.history.removeAll()
        for record in records { snapshot.history.append(record) }
        #expect(words(.race, snapshot).first == "no key reaches b: the output is 0")
    }

    @Test func powersAreSaidOnlyWhereNaiveGrowsAsItMust() {
        var snapshot = Fixture.snapshot(with: Fixture.sweep)
        #expect(words(.scaling, snapshot).first?.contains("naive as n^") == true)
        guard let curve = snapshot.sweep.curves.popLast() else { return }
        // A naive whose time does not grow: a busy machine.
        let points = curve.points.map { point in
            var point = point
            point.naive = Spread(low: 1e-3, median: 1e-3, high: 1e-3)
            return point
        }
        snapshot.sweep.curves.append(SweepCurve(settings: curve.settings, d: curve.d, points: points))
        #expect(words(.scaling, snapshot).allSatisfy { !$0.contains("n^") })
    }
}

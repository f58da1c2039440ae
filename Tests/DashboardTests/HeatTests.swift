import Screen
import Simulation
import Testing

@testable import Dashboard

@Suite struct HeatTests {
    private let row = HeatRow(step: 3, n: 100, positions: [0, 1, 49, 50, 99], weights: [0.1, 0.2, 0.3, 0.25, 0.15])

    @Test func everyEntryIsInOneColumn() {
        for columns in [1, 3, 7, 64, 100, 250] {
            let axis = KeyAxis(lower: 0, upper: 100, columns: columns)
            let bins = HeatBins(row, axis: axis)
            #expect(bins.count.reduce(0, +) == 5)
            #expect(abs(bins.sum.reduce(0, +) - 1) < 1e-6)
            #expect(bins.largest.max() == 0.3)
            for position in 0..<100 {
                #expect(axis.positions(of: axis.column(of: position)).contains(position))
            }
        }
    }

    @Test func aWindowHoldsItsKeysAlone() {
        let bins = HeatBins(row, axis: KeyAxis(lower: 1, upper: 50, columns: 7))
        #expect(bins.count.reduce(0, +) == 2)
    }

    @Test func theIndexOrderMovesColumns() {
        let order = KeyOrder(ranks: (0..<100).reversed().map { UInt32($0) })
        let axis = KeyAxis(lower: 0, upper: 100, columns: 10)
        #expect(HeatBins(row, axis: axis, order: order).count == HeatBins(row, axis: axis).count.reversed())
    }

    /// The scale of shares is absolute: what is rare is seen, and looks as rare in the palette of 256 as in 24 bits.
    @Test(arguments: ThemeLibrary.standard.all().themes.map(\.name))
    func aFewKeysInAHundredAreSeenAndLookLikeAFew(_ name: String) throws {
        let shares = [0, 10, 18, 30, 100, 500, 1000]
        let positions = shares.enumerated().flatMap { column, count in (0..<count).map { UInt32(1000 * column + $0) } }
        let n = 1000 * shares.count
        let row = HeatRow(step: 0, n: n, positions: positions, weights: positions.map { _ in 0.001 })
        let line = HeatLine(HeatBins(row, axis: KeyAxis(lower: 0, upper: n, columns: shares.count)))
        func lightness(_ depth: ColourDepth) throws -> [Double] {
            let theme = try #require(ThemeLibrary.standard.all().themes.first { $0.name == name })
            var state = DashboardState(themes: [theme])
            state.depth = depth
            let palette = RenderContext(state, cache: RenderCache()).palette(.heat, levels: HeatPicture.levels)
            return try line.inks(.share, top: 1, levels: palette.inks.count).map {
                try #require(Oklab(palette.inks[Int($0)].colour)).lightness
            }
        }
        let (exact, few) = (try lightness(.trueColour), try lightness(.palette256))
        for seen in [exact, few] {
            #expect(seen[1] > seen[0] + 0.06 && seen[2] > seen[0] + 0.08, "\(seen)")
            // Three in a hundred are told from half and from all.
            #expect(seen[3] < seen[4] && seen[4] < seen[5] - 0.15 && seen[5] < seen[6] - 0.1, "\(seen)")
        }
        for column in 2...4 { #expect(abs(exact[column] - few[column]) < 0.07, "\(shares[column]): \(exact) \(few)") }
    }

    @Test func theRingKeepsEachRowInItsSlot() {
        var heat = History<HeatRow>(capacity: 64)
        for step in 0..<25 { heat.append(HeatRow(step: step, n: 1, positions: [], weights: [])) }
        let ring = HeatRing(heat, rows: 10, scrolls: false)
        #expect(ring.rows.count == 9)
        #expect(ring.rows.allSatisfy { $0.slot == $0.row.step % 10 })
        let scroll = HeatRing(heat, rows: 10, scrolls: true)
        #expect(scroll.rows.map(\.slot) == Array(0..<10))
        #expect(scroll.rows.last?.row.step == 24)
    }

    @Test func zoomKeepsTheKeyUnderTheCursorAndEndsAtOneKeyAColumn() {
        var state = HeatmapState()
        let whole = KeyAxis(lower: 0, upper: 65_536, columns: 64)
        for _ in 0..<20 {
            let axis = state.axis(of: Fixture.standard, columns: 64)
            let key = axis.positions(of: 20).lowerBound
            state.zoom(in: true, around: 20, axis: axis, whole: whole)
            // To the width of a column.
            let after = state.axis(of: Fixture.standard, columns: 64).positions(of: 20)
            #expect(abs(after.lowerBound - key) <= after.count)
        }
        #expect(state.window?.count == 64)
        for _ in 0..<20 {
            state.zoom(in: false, around: 20, axis: state.axis(of: Fixture.standard, columns: 64), whole: whole)
        }
        #expect(state.window == nil)
    }

    @Test func theWheelZoomsAtTheMouse() {
        var state = Fixture.state(120, 40)
        _ = update(&state, .show(.heatmap))
        let picture = HeatmapLayout(Fixture.state(120, 40)).picture
        _ = update(&state, .pointed(MouseEvent(kind: .wheelUp, x: picture.x + 5, y: picture.y + 3)))
        #expect(state.heatmap.cursor == .init(column: 5, row: 6))
        #expect(state.heatmap.window != nil)
    }

    @Test func aClickFocusesThePanelUnderIt() {
        var state = Fixture.state(120, 40)
        _ = update(&state, .pointed(MouseEvent(kind: .press, x: 100, y: 5)))
        #expect(state.focus == 1)
    }
}

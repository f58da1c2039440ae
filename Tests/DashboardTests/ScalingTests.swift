import Foundation
import Screen
import Simulation
import Testing

@testable import Dashboard

@Suite struct ScalingTests {
    private let snapshot = Fixture.snapshot(with: Fixture.sweep)

    @Test(arguments: [(46, 18), (90, 36)]) func plot(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: ScalingPlotPanel(), width, height, snapshot), "scaling-plot")
    }

    @Test(arguments: [(26, 4), (40, 10)]) func growth(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: GrowthPanel(), width, height, snapshot), "scaling-growth")
    }

    @Test(arguments: [(26, 12), (66, 20)]) func table(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: SweepTablePanel(), width, height, snapshot), "scaling-table")
    }

    @Test(arguments: [(26, 4), (40, 8)]) func curves(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: CurvesPanel(), width, height, snapshot), "scaling-curves")
    }

    @Test(arguments: [(80, 24), (120, 40)]) func theWholeView(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: .scaling, width, height, snapshot), "scaling")
    }

    @Test func whereBothTakeTheSameTimeNobodyIsAhead() {
        var curve = Fixture.curve(d: 4, exponent: 0.56, at2To20: 6e-5, last: 20)
        #expect(curve.crossover != curve.points[0].n)
        let even = curve.points.map { point in
            var point = point
            point.hsr = Spread(low: 1e-6, median: 1e-6, high: 1e-6)
            point.naive = Spread(low: 1e-6, median: point.n < 4096 ? 1.02e-6 : 1.2e-6, high: 2e-6)
            return point
        }
        curve = SweepCurve(settings: curve.settings, d: 4, points: even, isComplete: true)
        #expect(curve.crossover == 4096)
    }

    @Test func whoIsSlowerIsNotCalledFaster() {
        var sweep = SweepSnapshot()
        sweep.curves = [Fixture.curve(d: 64, exponent: 1, at2To20: 1, last: 14)]
        let picture = Fixture.picture(of: GrowthPanel(), 40, 10, Fixture.snapshot(with: sweep))
        #expect(picture.plainText.contains("× slower"))
    }

    /// Naive reads every key: where its times say something else, nothing that is drawn names a power of HSR's.
    @Test func noPowerIsNamedWhereNaiveDoesNotGrowAsItMust() {
        var curve = Fixture.curve(d: 4, exponent: 0.56, at2To20: 6e-5, last: 20)
        let points = curve.points.map { point in
            var point = point
            let seconds = 1e-9 * pow(Double(point.n), 0.8)
            point.naive = Spread(low: seconds, median: seconds, high: seconds)
            return point
        }
        curve = SweepCurve(settings: curve.settings, d: 4, points: points, isComplete: true)
        var sweep = SweepSnapshot()
        sweep.curves = [curve]
        let text = Fixture.picture(of: .scaling, 120, 40, Fixture.snapshot(with: sweep)).plainText
        #expect(text.contains("No power is claimed") && text.contains("naive n^0.80") && text.contains("d 4"))
        #expect(!text.contains("d 4 n^") && !text.contains("n^0.5") && !text.contains("grows as n^0.5"))
    }

    @Test func nothingMeasuredYetSaysSoAndWhatToDo() {
        var paused = Fixture.standard
        paused.isPaused = true
        let picture = Fixture.picture(of: ScalingPlotPanel(), 70, 12, paused).plainText
        #expect(picture.contains("no point measured yet"))
        #expect(picture.contains("press space"))
        #expect(Fixture.picture(of: GrowthPanel(), 40, 8).plainText.contains("Three points"))
    }

    @Test func everyLineIsNamedAtItsEndWhateverTheGlyphs() {
        for glyphs in GlyphLevel.allCases {
            var state = Fixture.state(100, 30, snapshot)
            state.glyphs = glyphs
            var buffer = Buffer(width: 100, height: 30)
            ScalingPlotPanel().render(
                into: &buffer, rect: buffer.bounds, context: RenderContext(state, cache: RenderCache()))
            for name in ["naive n^", "d 2 n^", "d 4 n^", "d 8 n^", "n^0.8"] {
                #expect(buffer.plainText.contains(name), "\(name) with \(glyphs)")
            }
        }
    }

    @Test func labelsNeverCoverEachOther() {
        var labels = LineLabels()
        for i in 0..<6 { labels.add("label \(i)", y: 7, .plain) }
        var buffer = Buffer(width: 12, height: 9)
        labels.draw(in: buffer.bounds, into: &buffer, ellipsis: "…")
        let lines = buffer.plainLines.filter { !$0.isEmpty }
        #expect(lines.count == 6)
        #expect(Set(lines).count == 6)
    }

    @Test func curvesOfOneDimensionAreToldApart() {
        var other = Settings()
        other.d = 4
        other.activation = .softmax
        var sweep = Fixture.sweep
        sweep.curves.insert(SweepCurve(settings: other, d: 4, points: sweep.curves[0].points), at: 0)
        let looks = CurveLook.all(of: sweep, glyphs: .braille)
        #expect(Set(looks.map(\.mark)).count == 4)
        #expect(looks[0].name == "d 4 softmax")
        #expect(Set(looks.map(\.name)).count == 4)
    }
}

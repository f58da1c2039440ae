import HalfSpace
import Screen
import Simulation
import Testing

@testable import Dashboard

@Suite struct GeometryTests {
    private let snapshot = Fixture.snapshot(with: Fixture.geometry())

    @Test(arguments: [(49, 18), (73, 29)]) func picture(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: GeometryPanel(), width, height, snapshot), "geometry-plane")
    }

    @Test func cellsOfTheIndex() {
        let cells = [
            GeometryFrame.Cell(fate: .pruned, corners: [[-2, -1.5], [0.2, -2], [0.7, 0], [-1.5, 0.5]]),
            GeometryFrame.Cell(fate: .crossing, corners: [[0.7, 0], [1.5, -0.2], [1.7, 0.6], [0.9, 0.8]]),
            GeometryFrame.Cell(fate: .whole, corners: [[1.6, 0.6], [2.4, 0.4], [2.6, 1.2], [1.8, 1.4]]),
        ]
        let snapshot = Fixture.snapshot(with: Fixture.geometry(cells: cells), d: 2)
        expectPicture(Fixture.picture(of: GeometryPanel(), 73, 29, snapshot), "geometry-cells")
    }

    @Test(arguments: [(22, 6), (38, 10)]) func oneQuery(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: OneQueryPanel(), width, height, snapshot), "geometry-query")
    }

    @Test func whatOneQueryDidIsSaidInTheWordsOfItsIndex() {
        for (kind, known, unknown) in [
            (IndexKind.tree, "pruned, unseen", "score"), (.brute, "tested, kept", "pruned"),
            (.quantised, "left out", "tested"), (.boxes, "left out", "tested"), (.prefix, "left out", "whole"),
        ] {
            var snapshot = snapshot
            snapshot.statistics?.kind = kind
            let picture = Fixture.picture(of: OneQueryPanel(), 38, 10, snapshot).plainText
            #expect(picture.contains(known) && !picture.contains(unknown), "\(kind): \(picture)")
            let reading = Fixture.picture(of: ReadingPanel(), 38, 30, snapshot).plainText
            #expect(reading.contains("This index") == (kind != .tree))
        }
    }

    @Test(arguments: [(22, 8), (38, 18)]) func reading(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: ReadingPanel(), width, height, snapshot), "geometry-reading")
    }

    @Test(arguments: [(80, 24), (120, 40)]) func theWholeView(_ width: Int, _ height: Int) {
        expectPicture(Fixture.picture(of: .geometry, width, height, snapshot), "geometry")
    }

    @Test func everyKeyIsInOneCellOfTheScreen() {
        let frame = Fixture.geometry()
        for (size, dots, perCell) in [
            ((73, 29), (2, 4), 1), ((30, 9), (1, 1), 2), ((391, 110), (2, 4), 1), ((8, 50), (1, 1), 1),
        ] {
            let map = GeometryMap(frame, in: Rect(x: 0, y: 0, width: size.0, height: size.1))
            let cloud = KeyCloud(map, dots: (across: dots.0, down: dots.1), perCell: perCell)
            let sums = (0..<4).map { fate in cloud.places.reduce(0) { $0 + Int($1.counts[fate]) } }
            #expect(sums == frame.totals, "at \(size)")
        }
    }

    @Test func aKeyUnitIsAsLongAcrossAsUp() {
        let map = GeometryMap(Fixture.geometry(), in: Rect(x: 0, y: 0, width: 90, height: 20))
        // A cell is twice as tall as wide.
        #expect(abs((map.x(1) - map.x(0)) - 2 * (map.y(0) - map.y(1))) < 1e-9)
        #expect(abs(map.across(map.x(0.7)) - 0.7) < 1e-9)
    }

    @Test func labelsOfTheLineNeverCollide() {
        for line in stride(from: -3.0, through: 3.0, by: 0.5) {
            let snapshot = Fixture.snapshot(with: Fixture.geometry(line: line))
            for width in [30, 73] {
                let head = Fixture.picture(of: GeometryPanel(), width, 20, snapshot).plainLines[0]
                if let below = head.range(of: "score < b"), let above = head.range(of: "≥ b") {
                    #expect(below.upperBound < above.lowerBound)
                }
                #expect(!head.contains("score < bscore"))
            }
        }
    }

    @Test func aLineBeyondTheEdgeSaysSo() {
        let none = Fixture.snapshot(with: Fixture.geometry(line: 40))
        #expect(Fixture.picture(of: GeometryPanel(), 60, 20, none).plainText.contains("nothing is reported"))
        let all = Fixture.snapshot(with: Fixture.geometry(line: -.infinity))
        #expect(Fixture.picture(of: GeometryPanel(), 60, 20, all).plainText.contains("all is reported"))
    }

    /// Thresholds, scores and coordinates of any size, and none, are drawn or left out.
    @Test func nothingIsTooFarOrTooSmallToBeDrawn() {
        let extremes = [0, 1e-300, 1e-30, 1e18, 1e300, -1e20, .infinity, -.infinity, .nan]
        let corners: [[SIMD2<Double>]] = extremes.map { [[$0, 0], [0, $0], [1, 1], [$0, $0]] }
        let cells = corners.map { GeometryFrame.Cell(fate: .crossing, corners: $0) }
        for line in extremes {
            for perUnit in extremes {
                var frame = Fixture.geometry(cells: cells, line: line)
                frame.scorePerUnit = perUnit
                frame.trail = [(perUnit, line), (line, perUnit)]
                for (unit, middle) in [(0.02, 0.0), (1e-300, 1e18), (perUnit, line)] {
                    (frame.unit, frame.middle) = (unit, (middle, middle))
                    let snapshot = Fixture.snapshot(with: frame, d: 2)
                    #expect(Fixture.picture(of: GeometryPanel(), 60, 26, snapshot).width == 60)
                    #expect(Fixture.picture(of: OneQueryPanel(), 38, 10, snapshot).width == 38)
                }
            }
        }
    }

    @Test func fatesAreToldApartWithoutColour() {
        for glyphs in GlyphLevel.allCases {
            var state = Fixture.state(60, 20, snapshot)
            state.depth = .none
            state.glyphs = glyphs
            let paint = FatePaint(RenderContext(state, cache: RenderCache()))
            #expect(Set(paint.glyphs).count == 4)
            var buffer = Buffer(width: 60, height: 20)
            GeometryPanel().render(
                into: &buffer, rect: buffer.bounds, context: RenderContext(state, cache: RenderCache()))
            for glyph in paint.glyphs.dropFirst() { #expect(buffer.plainText.contains(glyph.text)) }
        }
    }

    @Test func beforeTheFirstLookItWaits() {
        #expect(Fixture.picture(of: GeometryPanel(), 60, 20).plainText.contains("waiting for a look"))
        #expect(Fixture.picture(of: OneQueryPanel(), 30, 8).plainText.allSatisfy { $0 == "\n" })
    }
}

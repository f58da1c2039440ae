import Evaluation
import Foundation
import Model
import Screen
import Testing
import Workload

@testable import Dashboard
@testable import Simulation

/// Layers × heads on the screen: the cursor, the way to a head, two heads compared.
@Suite struct HeadsViewTests {
    /// A trace of layers with invented figures; none of the last head.
    private static func snapshot(layers: [HeadLayer] = [.init(number: 3, heads: 4), .init(number: 7, heads: 4)])
        -> Snapshot
    {
        var snapshot = Snapshot()
        snapshot.phase = .running
        snapshot.settings.workload = .trace
        snapshot.settings.tracePath = "file.safetensors"
        snapshot.layers = layers
        snapshot.heads = layers.first?.heads ?? 0
        var survey = HeadsFrame(queries: 32)
        survey.share = 0.5
        survey.layers = layers
        let all = layers.flatMap { layer in (0..<layer.heads).map { (layer.number, $0) } }
        for (i, (layer, head)) in all.dropLast().enumerated() {
            var figures = HeadFigures()
            (figures.layer, figures.head, figures.keys, figures.queries) = (layer, head, 1024, 32)
            figures.keysFor90 = Double(5 * (i + 1))
            figures.massLeft = (0...10).map { pow(0.5, Double($0) / Double(i + 1)) }
            survey.figures[.init(layer: layer, head: head)] = figures
        }
        snapshot.survey = survey
        return snapshot
    }

    private func state(_ snapshot: Snapshot = snapshot(), _ width: Int = 120, _ height: Int = 40) -> DashboardState {
        var state = Fixture.state(width, height, snapshot)
        state.settings = snapshot.settings
        _ = update(&state, .show(.heads))
        return state
    }

    private func settings(_ effects: [Effect]) -> Settings? {
        effects.lazy.compactMap { if case .engine(.set(let settings)) = $0 { settings } else { nil } }.first
    }

    @Test func theEngineIsAskedForFiguresOnlyWhileTheViewIsShown() {
        var state = Fixture.state()
        let watched: ([Effect]) -> [Details] = { effects in
            effects.compactMap { if case .engine(.watch(let details)) = $0 { details } else { nil } }
        }
        #expect(watched(update(&state, .show(.heads))) == [.heads])
        #expect(watched(update(&state, .show(.race))) == [[]])
    }

    @Test func enterGoesToTheHeadUnderTheCursor() {
        var state = state()
        #expect(update(&state, .confirm).isEmpty, "the head under the cursor is the one shown")
        for (dx, dy) in [(1, 0), (1, 0), (0, 1), (9, 9), (-1, 0)] { _ = update(&state, .move(dx: dx, dy: dy)) }
        #expect(state.heads.cursor == .init(row: 1, head: 2))
        let asked = settings(update(&state, .confirm))
        #expect(asked?.layer == 7 && asked?.head == 2 && asked?.tracePath == "file.safetensors")
        #expect(state.settings == asked)
    }

    @Test func headsGoOnFromLayerToLayerAndBack() {
        var state = state()
        var seen: [String] = []
        for steps in [1, 1, 1, 1, -1, -1, -1, -1, -1] {
            let asked = settings(update(&state, .change(.head, by: steps)))
            seen.append("\(asked?.layer ?? -1)/\(asked?.head ?? -1)")
        }
        #expect(seen == ["3/1", "3/2", "3/3", "7/0", "3/3", "3/2", "3/1", "3/0", "7/3"])
    }

    @Test func aClickFindsTheHeadThatIsDrawnThere() throws {
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            for layers in [2, 40, 90] {
                let shape = (0..<layers).map { HeadLayer(number: $0, heads: 5) }
                var state = state(Self.snapshot(layers: shape), width, height)
                let grid = try #require(HeadGrid(state))
                let layout = try #require(HeadsLayout(state, grid))
                #expect(layout.rows.contains(0) && layout.heads == 0..<5)
                let place = layout.picture
                for y in place.y..<place.bottom {
                    for x in place.x..<place.right {
                        let spot = try #require(layout.spot(atX: x, y: y, in: grid))
                        _ = update(&state, .pointed(MouseEvent(kind: .press, x: x, y: y)))
                        #expect(state.heads.cursor == spot)
                        if layout.perCell == 1 { #expect(layout.cells(of: spot).contains(x: x, y: y)) }
                        state.heads.cursor = nil
                    }
                }
            }
        }
    }

    /// One layer of many heads takes several lines, so that the frame is full and every head has its figure.
    @Test(arguments: [(80, 24), (120, 40), (200, 60)]) func aSingleLayerFillsItsFrame(width: Int, height: Int) throws {
        var state = state(Self.snapshot(layers: [.init(number: 0, heads: 32)]), width, height)
        let grid = try #require(HeadGrid(state))
        let layout = try #require(HeadsLayout(state, grid))
        let frame = try #require(HeadsView().layout(in: ScreenAreas(state).view, traits: LayoutTraits(state)).first)
            .rect
        let covered = layout.headWidth * layout.layerHeight * 32
        #expect(layout.perLine < 32 && 10 * covered > 6 * (frame.width - 10) * (frame.height - 4))
        var seen: Set<Int> = []
        for head in 0..<32 {
            let cells = layout.cells(of: .init(row: 0, head: head))
            #expect(cells.width >= 6 && cells.right <= frame.right && cells.bottom <= frame.bottom - 3)
            for (x, y) in [(cells.x, cells.y), (cells.right - 1, cells.bottom - 1)] {
                #expect(layout.spot(atX: x, y: y, in: grid) == .init(row: 0, head: head))
            }
            seen.insert(cells.y * 1000 + cells.x)
        }
        #expect(seen.count == 32)
        _ = update(&state, .move(dx: 1, dy: 1))
        #expect(state.heads.cursor == .init(row: 0, head: layout.perLine + 1))
        _ = update(&state, .move(dx: 0, dy: -2))
        #expect(state.heads.cursor == .init(row: 0, head: layout.perLine + 1))
        state.depth = .none
        expectPicture(Fixture.picture(state), "heads-layer")
    }

    @Test func thePictureFollowsTheCursorWhereLayersDoNotFit() throws {
        let shape = (0..<200).map { HeadLayer(number: $0, heads: 130) }
        var state = state(Self.snapshot(layers: shape), 80, 24)
        state.heads.cursor = .init(row: 150, head: 128)
        let grid = try #require(HeadGrid(state))
        let layout = try #require(HeadsLayout(state, grid))
        #expect(layout.rows.contains(150) && layout.heads.contains(128) && layout.rows.count < 200)
        #expect(Fixture.picture(state).width == 80)
    }

    @Test func figuresAreChosenAmongThoseThatAreKnown() {
        var state = state()
        var names: Set<String> = []
        for _ in 0..<40 {
            _ = update(&state, .figure(by: 1))
            names.insert(HeadFigure.all[state.heads.figure].name)
        }
        #expect(names.contains("keys90") && names.contains("rank") && !names.contains("measured"))
        let before = state.heads.figure
        _ = update(&state, .figure(by: 1))
        _ = update(&state, .figure(by: -1))
        #expect(state.heads.figure == before)
        _ = update(&state, .show(.race))
        #expect(Action.figure(by: 1).refusal(in: state) != nil)
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)]) func twoHeadsStandBesideEachOther(width: Int, height: Int) {
        var state = state(Self.snapshot(), width, height)
        state.depth = .none
        expectPicture(Fixture.picture(state), "heads-one")
        state.heads.cursor = .init(row: 1, head: 1)
        let picture = Fixture.picture(state)
        expectPicture(picture, "heads-two")
        let text = picture.plainText
        #expect(text.contains("3/0") && text.contains("7/1") && text.contains("measuring 50"))
    }

    @Test func otherWorkloadsSayHowToGetHeads() {
        #expect(Fixture.picture(of: .heads, 80, 24, Fixture.standard).plainText.contains("press w"))
        var failed = Self.snapshot()
        failed.survey?.phase = .failed("file.safetensors: was changed while it was read")
        #expect(Fixture.picture(of: .heads, 120, 40, failed).plainText.contains("was changed while"))
    }

    @Test func ofAModelTheKeysReportedAreKnown() throws {
        var snapshot = Snapshot()
        snapshot.phase = .running
        snapshot.settings.workload = .model
        snapshot.layers = [.init(number: 1, heads: 2), .init(number: 3, heads: 2)]
        snapshot.heads = 4
        for reported in [[2, 4, 6, 8], [4, 4, 8, 24]] {
            var step = StepRecord()
            var text = TextRecord()
            text.reported = reported
            step.text = text
            snapshot.history.append(step)
        }
        var state = state(snapshot)
        let grid = try #require(HeadGrid(state))
        #expect(grid.values == [[3, 4], [7, 16]])
        _ = update(&state, .move(dx: 1, dy: 1))
        #expect(settings(update(&state, .confirm))?.head == 3)
        #expect(ViewKind.heads.table(snapshot).rows.count == 4)
        #expect(Fixture.picture(state).plainText.contains("16"))
    }

    @Test func enterInADemoGoesToAHeadThatTheCursorChose() throws {
        var state = state()
        let library = DemoLibrary.standard
        state.demo = DemoPlayer(demo: try library.load(library.file("real")))
        state.demo?.isLive = true
        _ = update(&state, .move(dx: 1, dy: 0))
        #expect(settings(update(&state, .confirm))?.head == 1)
    }
}

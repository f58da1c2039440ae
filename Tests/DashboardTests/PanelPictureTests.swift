import Screen
import Simulation
import Testing

@testable import Dashboard

/// Every panel and view at two sizes from fixed snapshots, in glyphs alone: without colour the shades tell the values.
@Suite struct PanelPictureTests {
    private func expect(
        _ panel: any Panel, _ name: String, _ width: Int, _ height: Int, _ snapshot: Snapshot = Fixture.standard,
        _ change: (inout DashboardState) -> Void = { _ in }, location: SourceLocation = #_sourceLocation
    ) {
        var state = Fixture.state(width, height, snapshot)
        state.depth = .none
        change(&state)
        var buffer = Buffer(width: width, height: height)
        panel.draw(
            into: &buffer, rect: buffer.bounds, context: RenderContext(state, cache: RenderCache()), isFocused: false)
        expectPicture(buffer, name, location)
    }

    @Test(arguments: [(45, 20), (78, 31)]) func heat(_ width: Int, _ height: Int) {
        expect(HeatPanel(), "race-heat", width, height)
    }

    @Test(arguments: [(33, 7), (39, 13)]) func time(_ width: Int, _ height: Int) {
        expect(TimePanel(), "race-time", width, height)
    }

    @Test(arguments: [(33, 6), (39, 11)]) func speedUp(_ width: Int, _ height: Int) {
        expect(SpeedUpPanel(), "race-speed", width, height)
    }

    @Test(arguments: [(33, 7), (60, 8)]) func entries(_ width: Int, _ height: Int) {
        expect(EntriesPanel(), "race-entries", width, height)
    }

    @Test(arguments: [(80, 4), (80, 5), (120, 5), (200, 5)]) func parameters(_ width: Int, _ height: Int) {
        expect(ParametersPanel(), "parameters", width, height)
    }

    @Test(arguments: [(46, 4), (80, 7)]) func words(_ width: Int, _ height: Int) {
        expect(WordsPanel(), "race-words", width, height, Fixture.worded())
    }

    @Test(arguments: [(80, 20), (120, 31)]) func heatmap(_ width: Int, _ height: Int) {
        expect(HeatmapPanel(), "heatmap", width, height) { $0.heatmap.cursor = .init(column: 20, row: 6) }
    }

    @Test(arguments: [(46, 20), (70, 31)]) func errors(_ width: Int, _ height: Int) throws {
        expect(ErrorPanel(), "accuracy-error", width, height, try Fixture.framed())
    }

    @Test(arguments: [(34, 10), (48, 21)]) func tilt(_ width: Int, _ height: Int) throws {
        expect(TiltPanel(), "accuracy-tilt", width, height, try Fixture.framed())
    }

    @Test(arguments: [(34, 10), (48, 10)]) func exactness(_ width: Int, _ height: Int) throws {
        expect(ExactnessPanel(), "accuracy-exactness", width, height, try Fixture.framed())
    }

    @Test(arguments: [(40, 20), (46, 18), (60, 31)]) func levels(_ width: Int, _ height: Int) throws {
        expect(LevelsPanel(), "index-levels", width, height, try Fixture.framed())
    }

    @Test(arguments: [(40, 20), (46, 18), (98, 53)]) func funnel(_ width: Int, _ height: Int) {
        expect(LevelsPanel(), "index-codes", width, height, Fixture.flat(.quantised))
        expect(LevelsPanel(), "index-boxes", width, height, Fixture.flat(.boxes))
        expect(LevelsPanel(), "index-scan", width, height, Fixture.flat(.brute))
    }

    @Test(arguments: [(40, 9), (60, 10)]) func parts(_ width: Int, _ height: Int) throws {
        expect(PartsPanel(), "index-parts", width, height, try Fixture.framed())
    }

    @Test(arguments: [(57, 9), (98, 30)]) func breakEven(_ width: Int, _ height: Int) throws {
        var snapshot = try Fixture.framed()
        snapshot.parts?.parts[1] = .init(
            kind: .net, initSeconds: 0.72, bytes: 58_000_000,
            query: Spread(low: 6e-6, median: 6.2e-6, high: 7e-6), breakEven: 28_125)
        expect(BreakEvenPanel(), "index-breakeven", width, height, snapshot)
    }

    @Test(arguments: [(40, 7), (60, 8)]) func indexCost(_ width: Int, _ height: Int) throws {
        expect(IndexCostPanel(), "index-cost", width, height, try Fixture.framed())
    }

    @Test(arguments: [(30, 6), (60, 10)]) func planner(_ width: Int, _ height: Int) throws {
        expect(PlannerPanel(), "index-planner", width, height, try Fixture.framed())
    }

    @Test(arguments: [(46, 20), (79, 31)]) func matrix(_ width: Int, _ height: Int) throws {
        expect(MatrixPanel(), "prefill-matrix", width, height, try Fixture.framed())
    }

    @Test(arguments: [(34, 20), (40, 31)]) func prefillTimes(_ width: Int, _ height: Int) throws {
        expect(PrefillTimesPanel(), "prefill-times", width, height, try Fixture.framed())
    }

    @Test(arguments: [(34, 20), (40, 31)]) func prefillBeforeItBegins(_ width: Int, _ height: Int) {
        expect(PrefillTimesPanel(), "prefill-before", width, height)
    }

    @Test func prefillSaysWhatItKnows() throws {
        var snapshot = try Fixture.framed()
        var frame = PrefillFrame(phase: .running, queries: 8192, keys: 8192, isCausal: false, rows: 16, columns: 32)
        (frame.done, frame.hsrSeconds) = (1024, 120)
        snapshot.prefill = frame
        let running = Fixture.picture(of: PrefillTimesPanel(), 34, 20, snapshot).plainText
        #expect(running.contains("14 min estimated") && running.contains("after HSR"))
        #expect(!running.contains("init") && !running.contains("of the entries"))
        let lanes = Fixture.picture(of: MatrixPanel(), 60, 20, snapshot).plainText
        #expect(lanes.contains("HSR") && lanes.contains("naive") && !lanes.contains("reported"))

        // Two runs of the same dense blocks: whichever was faster, it was not HSR.
        (frame.phase, frame.method, frame.done) = (.done, "dense", 8192)
        frame.naiveSeconds = 100
        snapshot.prefill = frame
        #expect(!Fixture.picture(of: PrefillTimesPanel(), 40, 31, snapshot).plainText.contains("faster by"))
        #expect(Fixture.picture(of: MatrixPanel(), 60, 20, snapshot).plainText.contains("reported none"))
    }

    @Test func whatWasMeasuredBeforeAChangeIsNotCounted() {
        var snapshot = Snapshot()
        for (error, mark) in [(0.3, nil), (2e-7, StepRecord.Mark.parameter("entmax")), (1e-7, nil)] {
            var record = StepRecord()
            (record.maxAbsError, record.mark, record.missed, record.extra) = (error, mark, 0, 0)
            snapshot.history.append(record)
        }
        #expect(snapshot.recentSteps(64).count == 2)
        #expect(Fixture.picture(of: ExactnessPanel(), 40, 10, snapshot).plainText.contains("0 in 2 checks"))
        #expect(Fixture.picture(of: EntriesPanel(), 40, 8, snapshot).plainText.contains("error ≤ 2e-7"))
    }

    @Test func thePlannerEndsWithAnEllipsisWhereThereIsNoRoom() throws {
        let picture = Fixture.picture(of: PlannerPanel(), 30, 3, try Fixture.framed()).plainLines
        #expect(picture[1].hasPrefix("step 120: quantised 71,"))
        #expect(picture[2].hasSuffix("…"))
    }

    @Test(arguments: [(80, 24), (120, 40)]) func theWholeScreen(_ width: Int, _ height: Int) {
        var state = Fixture.state(width, height)
        state.depth = .none
        expectPicture(Fixture.picture(state), "race")
    }

    @Test(arguments: GlyphLevel.allCases, [(80, 24), (200, 60), (400, 120)])
    func everyViewIsDrawnWithEveryGlyphSet(_ level: GlyphLevel, _ size: (Int, Int)) throws {
        let snapshot = try Fixture.framed()
        for view in ViewKind.allCases {
            var state = Fixture.state(size.0, size.1, snapshot)
            state.view = view
            state.glyphs = level
            state.depth = .none
            let text = Fixture.picture(state).plainLines
            #expect(text[0].contains(view.title))
            #expect(view != .race || text.joined().contains("HSR") && text.joined().contains("naive"))
            guard level == .ascii else { continue }
            let shapes = text.joined().unicodeScalars.filter {
                (0x2500...0x259F).contains($0.value) || (0x2800...0x28FF).contains($0.value)
            }
            #expect(shapes.isEmpty, "\(view) draws \(Set(shapes)) where only ASCII can be shown")
        }
    }

    @Test func aSnapshotWithoutAnythingIsDrawnEverywhere() {
        for view in ViewKind.allCases {
            for (width, height) in [(80, 24), (120, 40), (1, 1), (0, 0)] {
                var state = Fixture.state(width, height, Snapshot())
                state.view = view
                #expect(Fixture.picture(state).width == width)
                state.isExpanded = true
                for panel in view.panels.indices {
                    state.focus = panel
                    #expect(Fixture.picture(state).height == height)
                }
            }
        }
    }
}

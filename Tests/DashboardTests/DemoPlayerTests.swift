import Foundation
import Screen
import Simulation
import TemporaryFiles
import Testing

@testable import Dashboard

@Suite struct DemoPlayerTests {
    /// A talk with a real engine behind it, paced by nobody: every caption is run to its end.
    private final class Talk {
        var state: DashboardState
        let engine: Engine
        var log: [String] = []
        var hasQuit = false

        init(_ demo: Demo, mode: DemoPlayer.Mode = .presented) {
            state = DashboardState(themes: [Fixture.theme])
            state.demo = DemoPlayer(demo: demo, mode: mode)
            engine = Engine(settings: demo.chapters[0].start.settings)
            apply(.tick(0))
            engine.send(.pace(.stepsPerSecond(59)))
        }

        deinit { engine.send(.stop) }

        func apply(_ action: Action) {
            for effect in update(&state, action) {
                switch effect {
                case .engine(.pace): break
                case .engine(let command): engine.send(command)
                case .log(let line): log.append(line)
                case .quit: hasQuit = true
                default: break
                }
            }
        }

        /// Until the caption's steps are done; held there, so that counts can be compared.
        func settle() throws -> [[Int]] {
            for _ in 0..<4000 {
                apply(.received(engine.snapshot))
                if state.demo?.isCaptionDone == true { break }
                Thread.sleep(forTimeInterval: 0.002)
            }
            let position = try #require(state.demo?.position)
            #expect(position.isDone)
            let steps = position.stretches.suffix(state.demo?.caption.stretches.count ?? 0).reduce(0) { $0 + $1.steps }
            let snapshot = state.live
            let records = snapshot.recordsOfScript.prefix(steps)
            let last = records.last?.step ?? 0
            let rows = (0..<snapshot.heat.count).map { snapshot.heat[$0] }.filter { $0.step <= last }
            return records.map { [$0.step, $0.n, $0.reported] } + rows.map { $0.positions.map(Int.init) }
        }
    }

    private func demo() throws -> Demo {
        try DemoLibrary(themes: ["dark", "light"]).read(DemoFileTests.small, path: "a.toml")
    }

    @Test func backAndForthGivesTheSameCountsAndPicture() throws {
        let talk = Talk(try demo())
        var seen = [try talk.settle()]
        for _ in 1..<3 {
            talk.apply(.demo(.next))
            seen.append(try talk.settle())
        }
        #expect(seen.allSatisfy { $0.count > 6 })
        for place in [1, 0, 1, 2] {
            talk.apply(
                .demo(
                    place < (talk.state.demo?.demo.places.firstIndex { $0 == talk.state.demo?.place } ?? 0)
                        ? .back : .next))
            #expect(try talk.settle() == seen[place])
        }
        #expect(talk.state.demo?.met[.init(chapter: 1)] == 7)
    }

    @Test func aParameterKeyTakesOverAndEnterComesBack() throws {
        let talk = Talk(try demo())
        let before = try talk.settle()
        talk.apply(.change(.dimension, by: 1))
        #expect(talk.state.demo?.isLive == true)
        #expect(Renderer().render(talk.state).plainText.contains("LIVE"))
        // After it the arrows are the cursor's.
        let selected = talk.state.selected
        talk.apply(.move(dx: 1, dy: 0))
        #expect(talk.state.selected != selected && talk.state.demo?.place == .init())
        talk.apply(.confirm)
        #expect(talk.state.demo?.isLive == false)
        #expect(try talk.settle() == before)
    }

    @Test func theArrowsAreTheDemosUntilThen() throws {
        let talk = Talk(try demo())
        talk.apply(.move(dx: 1, dy: 0))
        #expect(talk.state.demo?.place == .init(chapter: 0, caption: 1))
        talk.apply(.move(dx: -1, dy: 0))
        #expect(talk.state.demo?.place == .init())
        talk.apply(.demo(.chapter(by: 1)))
        #expect(talk.state.demo?.place == .init(chapter: 1))
        talk.apply(.demo(.list))
        talk.apply(.move(dx: 0, dy: -1))
        talk.apply(.confirm)
        #expect(talk.state.demo?.place == .init() && talk.state.overlay == nil)
    }

    @Test func anUnattendedDemoTurnsItsOwnPages() throws {
        let talk = Talk(try demo(), mode: .once)
        var now = 0.0
        for _ in 0..<3 {
            _ = try talk.settle()
            now += 100
            talk.apply(.tick(now))
        }
        #expect(talk.hasQuit)
    }

    @Test func aKioskPassesOverWhatCannotRun() throws {
        let talk = Talk(try demo(), mode: .kiosk)
        _ = try talk.settle()
        var snapshot = talk.engine.snapshot
        snapshot.phase = .failed("the trace is gone")
        snapshot.generation += 1
        talk.apply(.received(snapshot))
        #expect(talk.log.count == 1 && talk.log[0].contains("the trace is gone"))
        #expect(!Renderer().render(talk.state).plainText.contains("gone"))
        talk.apply(.tick(50))
        #expect(talk.state.demo?.place == .init(chapter: 0, caption: 1))
    }

    @Test func aConditionThatNeverHoldsIsToldAndLeavesItLive() throws {
        let text = DemoFileTests.small.replacingOccurrences(of: "step >= 6", with: "reported > n")
        let talk = Talk(try DemoLibrary(themes: ["dark", "light"]).read(text, path: "a.toml"))
        talk.apply(.demo(.chapter(by: 1)))
        _ = try talk.settle()
        #expect(talk.state.toasts.last?.text == "reported > n did not come true within 30 steps")
        talk.apply(.demo(.back))
        #expect(talk.state.demo?.place == .init(chapter: 0, caption: 1))
    }

    @Test func anEditedFileGoesOnAtItsChapter() throws {
        let talk = Talk(try demo())
        talk.apply(.demo(.chapter(by: 1)))
        var edited = try demo()
        edited.chapters.insert(edited.chapters[0], at: 0)
        edited.chapters[2].captions[0].text = "edited"
        talk.apply(.demo(.reloaded(edited)))
        #expect(talk.state.demo?.place == .init(chapter: 2))
        #expect(talk.state.demo?.caption.text == "edited")
    }

    @Test func checkingTellsWhatFails() throws {
        let good = DemoCheck(try demo()).run()
        #expect(good.findings == [] && good.captions == 3 && good.expectations == 3 && good.claims == 4)
        let text = DemoFileTests.small.replacingOccurrences(of: "every missed == 0", with: "every reported == 1")
        let bad = DemoCheck(try DemoLibrary(themes: ["dark", "light"]).read(text, path: "a.toml")).run()
        #expect(bad.findings.map(\.line) == [21])
        #expect(bad.findings[0].sentence.contains("every reported == 1"))
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)])
    func theCaptionStandsBelowThePicture(width: Int, height: Int) throws {
        var state = Fixture.state(width, height)
        state.demo = DemoPlayer(demo: try demo())
        let areas = ScreenAreas(width: width, height: height, hasCaption: true)
        let lines = Renderer().render(state).plainLines
        let row = try #require(lines.firstIndex { $0.contains("first") })
        #expect(row >= areas.caption.y && row < areas.caption.bottom)
        #expect(areas.caption.y >= areas.view.bottom && areas.caption.bottom <= areas.parameters.y)
        #expect(lines[height - 1].contains("1/2") && lines[height - 1].contains("One"))
        #expect(lines.joined().contains("HSR"))
    }

    @Test func aSavedPictureOfASortedChapterIsSorted() throws {
        let text = """
            title = "t"
            about = "a"
            [parameters]
            workload = "gaussian"
            n = 2000
            d = 2
            index = "tree"
            [[chapter]]
            title = "Sorted"
            view = "heatmap"
            [[chapter.caption]]
            text = "The columns stand in the order of the tree."
            sort = true
            steps = 10
            claim = "sorted_runs < runs"
            """
        var state = DashboardState(themes: [Fixture.theme])
        (state.width, state.height) = (120, 40)
        let demo = try DemoLibrary(themes: ["dark"]).read(text, path: "a.toml")
        let pictures = HeadlessDemo(demo, state: state).pictures(theme: nil)
        let lines = pictures[0].picture.plainLines.joined(separator: "\n")
        #expect(lines.contains("index order") && !lines.contains("keeps no order"))
    }

    @Test func aRecordingIsTheSameTalk() throws {
        let path = temporaryFile("demo.cast").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let demo = try demo()
        var state = DashboardState(themes: [Fixture.theme])
        (state.width, state.height) = (80, 24)
        let file = try CastFile(path: path, title: "t", theme: Fixture.theme)
        try HeadlessDemo(demo, state: state).record(to: file, from: 0, speed: 20, theme: nil)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let events = try lines.dropFirst().map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [Any])
        }
        let times = events.compactMap { $0[0] as? Double }
        #expect(times == times.sorted() && times.count == events.count)
        #expect(events.filter { $0[1] as? String == "m" }.compactMap { $0[2] as? String } == ["One", "Two"])
    }
}

import Foundation
import Screen
import Simulation
import TemporaryFiles
import Testing

@testable import Dashboard

/// The speaker's side of a talk: its clock, its card, and what the speaker's screen is told.
@Suite(.serialized) struct TalkTests {
    private func state(_ now: Double = 0) throws -> DashboardState {
        var state = Fixture.state(120, 40)
        let text = DemoFileTests.small.replacingOccurrences(of: "title = \"Two\"", with: "title = \"Two\"\ntime = 30")
        state.demo = DemoPlayer(demo: try DemoLibrary(themes: ["dark", "light"]).read(text, path: "a.toml"))
        _ = update(&state, .tick(now))
        return state
    }

    @Test func theClockGoesFromGreenToRed() throws {
        var state = try state()
        let player = try #require(state.demo)
        let first = player.demo.planned(0)
        #expect(player.demo.planned(1) == 30 && first > 4)
        for (now, role) in [(first - 1, Theme.Role.good), (first * 1.05, .warn), (first * 1.2, .error)] {
            #expect(TalkClock(player, now: now).role == role)
        }
        // The next chapter has its own time on top.
        _ = update(&state, .tick(5))
        _ = update(&state, .demo(.chapter(by: 1)))
        let clock = TalkClock(try #require(state.demo), now: 12)
        #expect(clock.plan == first + 30 && clock.inChapter == 7 && clock.elapsed == 12)
    }

    @Test func aChapterBeginsWithItsCard() throws {
        var state = try state()
        #expect(Renderer().render(state).plainText.contains("first"))
        _ = update(&state, .demo(.chapter(by: 1)))
        var text = Renderer().render(state).plainText
        #expect(text.contains("T W O") && !text.contains("third"))
        _ = update(&state, .tick(ChapterCard.seconds + 0.1))
        text = Renderer().render(state).plainText
        #expect(!text.contains("T W O") && text.contains("third"))
        // Who goes on in a chapter sees no card.
        _ = update(&state, .demo(.back))
        _ = update(&state, .tick(20))
        _ = update(&state, .demo(.back))
        #expect(state.demo?.showsCard(at: 20) == false)
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)])
    func theCaptionsNumberStandsInDigits(_ width: Int, _ height: Int) throws {
        var state = Fixture.state(width, height)
        var demo = try DemoLibrary(themes: ["dark", "light"]).read(DemoFileTests.small, path: "a.toml")
        demo.chapters[0].captions[0].claims = [try Claim("reported > 3", view: .race)]
        state.demo = DemoPlayer(demo: demo)
        let band = ScreenAreas(state).caption
        let lines = Renderer().render(state).plainLines[band.y..<band.bottom]
        #expect(lines.joined().contains("first"))
        let blocks = lines.joined().filter { "\u{2580}\u{2584}\u{2588}".contains($0) }.count
        #expect(blocks > 10, "\(lines.joined(separator: "\n"))")
        // Digits alone say nothing: what they count stands with them.
        #expect(lines.joined().contains("reported"))
    }

    @Test func whatIsToldIsRead() throws {
        let note = try #require(SpeakerNote(try state()))
        #expect(note.caption == "first" && note.next == "second" && note.nextChapter == "" && note.chapters == 2)
        #expect(SpeakerNote(line: note.line.dropLast()) == note)
        #expect(SpeakerNote(line: Data("{}".utf8)) == nil && SpeakerNote(line: Data()) == nil)
        let screen = SpeakerScreen(theme: Fixture.theme, depth: .trueColour, glyphs: .braille)
        for (width, height) in [(80, 24), (40, 10), (1, 1), (200, 60)] {
            let picture = screen.picture(note, waitingFor: "a", width: width, height: height)
            #expect(picture.width == width && picture.height == height)
            if width >= 80 {
                let text = picture.plainText
                for word in ["1/2", "One", "NOW", "first", "NEXT", "second", "planned until here"] {
                    #expect(text.contains(word), "\(word)")
                }
            }
        }
        #expect(
            screen.picture(nil, waitingFor: "tour", width: 80, height: 24).plainText.contains("halfspace demo tour"))
    }

    /// The socket is the person's own: the folder must be, and the file is.
    @Test func theSocketIsTheOwnersAlone() throws {
        let folder = temporaryFile("run")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let before = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"]
        setenv("XDG_RUNTIME_DIR", folder.path, 1)
        defer { if let before { setenv("XDG_RUNTIME_DIR", before, 1) } else { unsetenv("XDG_RUNTIME_DIR") } }

        let link = try SpeakerLink(demo: "small")
        #expect(link.read() == nil && !link.isConnected)
        var state = try state()
        do {
            let server = try #require(SpeakerServer(demo: "small"))
            let path = folder.path + "/halfspace-demo-small.sock"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o077 } == 0)
            #expect(SpeakerServer(demo: "small") == nil, "another talk holds it")
            #expect(link.read() == nil && link.isConnected)
            server.tell(state)
            #expect(link.read()?.caption == "first")
            #expect(link.read() == nil)
            _ = update(&state, .demo(.next))
            server.tell(state)
            server.tell(state)
            #expect(link.read()?.caption == "second")
            // A second screen is told at once where the talk stands.
            let other = try SpeakerLink(demo: "small")
            _ = other.read()
            server.tell(state)
            #expect(other.read()?.caption == "second")
        }
        #expect(link.read() == nil && !link.isConnected)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/halfspace-demo-small.sock"))
        // What a killed talk left behind is no hindrance.
        #expect(FileManager.default.createFile(atPath: folder.path + "/halfspace-demo-small.sock", contents: nil))
        #expect(SpeakerServer(demo: "small") != nil)

        chmod(folder.path, 0o755)
        #expect(throws: SpeakerUnavailable.self) { try SpeakerLink(demo: "small") }
        #expect(SpeakerServer(demo: "small") == nil)
    }
}

import Screen
import Simulation
import Testing

@testable import Dashboard

/// Captions rest on figures of the screen, and a demo's check holds them against it.
@Suite struct ClaimTests {
    private let library = DemoLibrary(themes: ["dark", "light"])

    private func text(_ claim: String, view: String = "race", more: String = "") -> String {
        """
        title = "Claims"
        parameters = { n = 400, d = 3, index = "brute" }
        [[chapter]]
        title = "One"
        [[chapter.caption]]
        text = "first"
        view = "\(view)"
        \(more)
        steps = 12
        claim = \(claim)
        """
    }

    private func findings(_ claim: String, view: String = "race", more: String = "") throws -> [DemoCheck.Finding] {
        DemoCheck(try library.read(text(claim, view: view, more: more), path: "a.toml")).run().findings
    }

    @Test(arguments: [
        ("\"reprted < 3\"", "did you mean \"reported\""), ("\"reported\"", "compares nothing"),
        ("\"3 < reported\"", "begins with no figure"), ("\"half_space > 3\"", "unknown figure of the Race view"),
        ("\"reported < 3 n^x\"", "no power of n"), ("3", "list of texts"),
    ])
    func mistakesSayTheirLine(claim: String, words: String) throws {
        let found = #expect(throws: DemoError.self) { try library.read(text(claim), path: "a.toml") }
        #expect(found?.line == 10 && found?.sentence.contains(words) == true, "\(String(describing: found))")
    }

    @Test func whatTheScreenSaysIsHeldAgainstTheCaption() throws {
        #expect(try findings("[\"reported > 0\", \"reported < 50 % n\", \"tested > 0.9 n\"]") == [])
        let wrong = try findings("\"reported > 0.9 n\"")
        #expect(wrong.map(\.line) == [10])
        #expect(wrong.first?.sentence.contains("the screen says") == true)
        let turned = try findings("\"tested < reported\"")
        #expect(turned.first?.sentence.contains("the other way round") == true)
    }

    /// Both sides run the same code over keys without an index: nothing is a million times faster.
    @Test(arguments: [("\"faster > 1e6\"", "race"), ("[\"part1_query > 1000\", \"part1_bytes > 0\"]", "index")])
    func aClaimOnTimesThatDoesNotHoldIsAWarning(claim: String, view: String) throws {
        let demo = try library.read(text(claim, view: view), path: "a.toml")
        let lenient = DemoCheck(demo).run()
        #expect(lenient.findings == [])
        #expect(lenient.warnings.map(\.line) == [10])
        #expect(lenient.warnings.first?.sentence.contains("the screen says") == true)
        let strict = DemoCheck(demo, timesMustHold: true).run()
        #expect(strict.warnings == [])
        #expect(strict.findings.map(\.line) == [10])
    }

    @Test func claimsOnCountsAndSizesFailBesideOnesOnTimes() throws {
        let demo = try library.read(text("[\"faster > 1e6\", \"reported > 2 n\"]"), path: "a.toml")
        let outcome = DemoCheck(demo).run()
        #expect(outcome.findings.map(\.sentence).allSatisfy { $0.hasPrefix("claim reported > 2 n") })
        #expect(outcome.findings.count == 1 && outcome.warnings.count == 1)
        #expect(try findings("\"part1_bytes < 0\"", view: "index").count == 1)
    }

    @Test func whatComesOfAClockIsMarkedAsSuch() throws {
        let timed = Set(ViewKind.allCases.flatMap(\.figures).filter(\.isTimed).map(\.name))
        let counted = Set(ViewKind.allCases.flatMap(\.figures).filter { !$0.isTimed }.map(\.name))
        #expect(timed.isSuperset(of: ["faster", "growth", "hsr", "naive", "overtaking", "init", "part2_pays"]))
        #expect(counted.isSuperset(of: ["n", "reported", "tested", "error", "part1_bytes", "bytes_a_key", "same"]))
        #expect(timed.isDisjoint(with: counted))
    }

    @Test func aCaptionWithoutAClaimFails() throws {
        let demo = try library.read(
            text("\"n > 1\"").replacingOccurrences(of: "claim", with: "expect"), path: "a.toml")
        let found = DemoCheck(demo).run().findings
        #expect(found.map(\.sentence) == ["the caption names no figure on which it rests; write claim = \"…\"."])
    }

    @Test func aFigureThatTheLayoutHidesIsTold() throws {
        // Expanded, the view shows one panel alone, and the figure stands in another.
        let hidden = try findings("\"reported > 0\"", more: "expand = true\nfocus = \"time\"")
        #expect(hidden.map(\.sentence) == Self.sizes.map { "reported cannot be read at \($0)" })
        #expect(try findings("\"reported > 0\"", more: "expand = true\nfocus = \"entries\"") == [])
        #expect(try findings("\"half_space > 0\"", view: "geometry") == [])
    }

    private static let sizes = ["80x24", "120x40"]

    /// What a figure is called must not depend on which panel comes first.
    @Test func figuresOfAViewHaveNamesOfTheirOwn() {
        for view in ViewKind.allCases {
            let names = view.figures.map(\.name)
            #expect(Set(names).count == names.count, "\(view): \(names)")
        }
    }

    /// Every figure that has a value is drawn by its panel as the table of figures says, on a screen with room for it.
    @Test func figuresAreWrittenAsTheirPanelsWriteThem() throws {
        var snapshot = try Fixture.framed()
        snapshot.geometry = Fixture.geometry()
        snapshot.sweep = Fixture.sweep
        for view in ViewKind.allCases {
            for figure in view.figures {
                guard let value = figure.value(snapshot) else { continue }
                var state = Fixture.state(200, 60, snapshot)
                state.view = view
                let lines = Renderer().render(state).plainLines
                #expect(lines.contains { $0.contains(figure.label(snapshot)) }, "\(view): \(figure.name)")
                guard let text = figure.text?(value) else { continue }
                #expect(lines.contains { $0.contains(text) }, "\(view): \(figure.name) is not written \(text)")
            }
        }
    }
}

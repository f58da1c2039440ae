import Assets
import Foundation
import Simulation
import TemporaryFiles
import Testing

@testable import Dashboard

@Suite struct DemoFileTests {
    private let library = DemoLibrary(themes: ["dark", "light"])

    private func read(_ text: String) throws -> Demo { try library.read(text, path: "a.toml") }

    private func error(_ text: String) -> DemoError? {
        do {
            _ = try library.read(text, path: "a.toml")
            return nil
        } catch {
            return error
        }
    }

    static let small = """
        title = "Small"
        seed = 7
        [parameters]
        n = 400
        d = 3
        index = "brute"

        [[chapter]]
        title = "One"
        start = 10
        notes = \"\"\"
        key = "no key"
        [[chapter]]
        \"\"\"

        [[chapter.caption]]
        text = "first"
        steps = 5
        claim = "n > 400"

        [[chapter.caption]]
        text = "second"
        parameters = { offset = 0.5 }
        ramp = { parameter = "offset", from = 0.5, to = 1, over = 12 }
        view = "geometry"
        expect = ["every missed == 0", "median reported < n^0.8"]
        claim = ["half_space < 40 % n", "half_space > 0"]

        [[chapter]]
        title = "Two"
        theme = "light"

        [[chapter.caption]]
        text = "third"
        parameters = { d = 2, activation = "softmax", budget = 20 }
        until = "step >= 6"
        limit = 30
        claim = "reported < 30"
        """

    @Test func itIsResolvedCaptionByCaption() throws {
        let demo = try read(Self.small)
        #expect(demo.chapters.map(\.title) == ["One", "Two"])
        #expect(demo.places.count == 3)
        let first = demo.chapters[0].captions[0]
        #expect(first.stretches.count == 1 && first.stretches[0].steps == 5)
        #expect(first.stretches[0].settings.seed == 7 && first.stretches[0].settings.n == 400)
        let second = demo.chapters[0].captions[1]
        #expect(second.look.view == .geometry)
        #expect(second.claims.map(\.text) == ["half_space < 40 % n", "half_space > 0"] && second.claimLine == 27)
        #expect(second.stretches.map(\.settings.threshold.offset) == [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1])
        #expect(second.stretches.map(\.steps).reduce(0, +) == 12)
        // A chapter begins with the demo's own parameters, whatever the one before did.
        let third = demo.chapters[1].captions[0]
        #expect(third.stretches[0].settings.threshold.offset == 0)
        #expect(third.stretches[0].settings.threshold.rule == .count)
        #expect(third.stretches[0].settings.threshold.budget == .keys(20))
        #expect(third.look.theme == "light" && third.look.view == .race)
        #expect(third.line == 33)
    }

    @Test(
        arguments: [
            ("title = \"x\"\nchapters = 1", 2, "did you mean \"chapter\""),
            ("title = \"x\"", nil, "needs a chapter"),
            ("title = \"x\"\n[[chapter]]\ntitle = \"a\"\n", 2, "needs a caption"),
            ("title = \"x\"\n[parameters]\ndim = 3", 3, "unknown key of parameters"),
            ("title = \"x\"\n[parameters]\nd = 1300", 3, "from 1 to 1024"),
            ("title = \"x\"\n[parameters]\nindex = \"tre\"", 3, "did you mean \"tree\""),
            ("title = ", 1, ""),
        ] as [(String, Int?, String)])
    func mistakesSayWhereTheyAre(text: String, line: Int?, words: String) throws {
        let found = try #require(error(text))
        #expect(found.line == line)
        #expect(found.description.hasPrefix("a.toml:"))
        #expect(words.isEmpty || found.sentence.contains(words))
    }

    @Test(arguments: [
        ("view = \"rcae\"", "did you mean \"race\""),
        ("view = \"race\"\nfocus = \"nothing\"", "unknown panel of the Race view"),
        ("theme = \"lihgt\"", "did you mean \"light\""),
        ("expect = \"reprted > 0\"", "did you mean \"reported\""),
        ("expect = \"hsr < 1\"", "is a time"),
        ("expect = \"reported\"", "compares nothing"),
        ("until = \"reported > 0\"", "needs a limit"),
        ("until = \"median reported > 0\"\nlimit = 3", "one step at a time"),
        ("limit = 3", "goes with until"),
        ("pace = \"fast\"", "steps a second"),
        ("steps = -1", "whole number"),
        ("ramp = { parameter = \"ofset\", from = 0, to = 1, over = 3 }", "did you mean \"offset\""),
        ("ramp = { parameter = \"index\", from = 0, to = 1, over = 3 }", "list its values"),
        ("ramp = { parameter = \"d\", values = [2, 4], over = 1 }", "at least 2"),
        ("parameters = { activation = \"softmax\", alpha = 2 }", "softmax has no alpha"),
        ("parameters = { d = 8, rank = 9 }", "the rank is 9"),
        ("parameters = { rank = 0 }", "from 1 to 1024"),
    ])
    func mistakesInACaptionSayTheirLine(keys: String, words: String) throws {
        let head = "title = \"x\"\n[[chapter]]\ntitle = \"a\"\n[[chapter.caption]]\ntext = \"b\"\n"
        let found = try #require(error(head + keys))
        #expect(found.sentence.contains(words), "\(found)")
        #expect((6...7).contains(found.line ?? 0), "\(found)")
    }

    @Test func aCaptionThatFillsTheScreenIsRefused() throws {
        let text = String(repeating: "word ", count: 60)
        let found = try #require(
            error("title = \"x\"\n[[chapter]]\ntitle = \"a\"\n[[chapter.caption]]\ntext = \"\(text)\""))
        #expect(found.line == 5 && found.sentence.contains("lines"))
    }

    @Test func theRankIsAParameter() throws {
        let demo = try read(
            """
            title = "x"
            parameters = { d = 16, rank = 4 }
            [[chapter]]
            title = "a"
            [[chapter.caption]]
            text = "b"
            ramp = { parameter = "rank", from = 4, to = 6, over = 9 }
            """)
        let stretches = demo.chapters[0].captions[0].stretches
        #expect(stretches.map(\.settings.rank) == [4, 5, 6, 6])
        let (first, last) = (try #require(stretches.first).settings, try #require(stretches.last).settings)
        #expect(last.difference(from: first) == "rank 6" && !last.sharesKeys(with: first))
    }

    @Test func conditionsReadFactorsPowersAndMetrics() throws {
        var record = StepRecord()
        record.n = 65_536
        record.reported = 7_000
        func holds(_ text: String) throws -> Bool { try Condition(text).holds(for: record) }
        #expect(try holds("reported < n^0.8"))
        #expect(try holds("reported > 0.9 n^0.8"))
        #expect(try holds("share < 11 %") && !holds("share < 10 %"))
        #expect(try holds("2 reported >= 14000"))
        #expect(try holds("n == 65536") && holds("reported != n"))
        // What was not measured neither holds nor fails a step.
        #expect(try !holds("missed == 0"))
        #expect(try Condition("missed == 0").failure(over: [record])?.contains("not measured") == true)
    }

    @Test func expectationsTakeStepsTogether() throws {
        let records = [3, 1, 8].map { count in
            var record = StepRecord()
            record.n = 100
            record.reported = count
            return record
        }
        for text in [
            "median reported == 3", "most reported == 8", "least reported == 1", "mean reported == 4",
            "least reported < 0.2 most reported",
        ] {
            #expect(try Condition(text).failure(over: records) == nil)
        }
        for text in ["some reported == 1", "last reported == 8", "reported > 0"] {
            #expect(try Condition(text).failure(over: records) == nil)
        }
        #expect(try Condition("every reported > 1").failure(over: records)?.contains("at step 0 it is 1") == true)
    }

    @Test func everyShippedDemoCanBeRead() throws {
        let library = DemoLibrary.standard
        #expect(library.files.count >= 6)
        for file in library.files {
            let demo = try library.load(file.file)
            #expect(!demo.about.isEmpty && demo.duration > 30)
        }
    }

    /// What runs alone says that it plays all of them.
    @Test func theKioskPlaysEveryOtherDemo() throws {
        let library = DemoLibrary.standard
        let all = try library.files.map { try library.load($0.file) }
        let kiosk = try #require(all.first { $0.name == "kiosk" })
        #expect(kiosk.about.hasPrefix("All demos") && kiosk.loops)
        let others = all.filter { $0.name != "kiosk" }.flatMap { $0.chapters.map(\.title) }
        #expect(kiosk.chapters.map(\.title).sorted() == others.sorted() && others.count > 20)
    }

    @Test func includesWithoutEndAreRefused() throws {
        let folder = temporaryFile("demos")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ number: Int) -> URL { folder.appendingPathComponent("\(number).toml") }
        let chapter = "[[chapter]]\ntitle = \"a\"\n[[chapter.caption]]\ntext = \"b\"\n"
        // Each takes the next four times: a million chapters after ten files.
        for number in 0...6 {
            let names = Array(repeating: "\"\(file(number + 1).path)\"", count: 4).joined(separator: ",")
            let include = number < 6 ? "include = [\(names)]\n" : ""
            try ("title = \"x\"\n" + include + chapter).write(to: file(number), atomically: true, encoding: .utf8)
        }
        let tooLong = #expect(throws: DemoError.self) { try library.load(file(0)) }
        #expect(tooLong?.sentence.contains("chapters") == true)
        for number in 0...9 {
            let include = "include = \"\(file(number + 1).path)\"\n"
            try ("title = \"x\"\n" + include + chapter).write(to: file(number), atomically: true, encoding: .utf8)
        }
        try ("title = \"x\"\n" + chapter).write(to: file(10), atomically: true, encoding: .utf8)
        let tooDeep = #expect(throws: DemoError.self) { try library.load(file(0)) }
        #expect(tooDeep?.sentence.contains("deep") == true)
    }

    @Test func theNotesHoldEveryCaption() throws {
        let demo = try read(Self.small)
        let notes = demo.notesText()
        for place in demo.places { #expect(notes.contains(demo[place].text)) }
        #expect(demo.chapter("2") == 1 && demo.chapter("two") == 1 && demo.chapter("3") == nil)
    }
}

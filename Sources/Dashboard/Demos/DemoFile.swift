import Foundation
import PlainText
import Screen
import Simulation
import TOML

/// A demo as it stands in a file, read strictly and resolved caption by caption.
struct DemoFile {
    let name: String
    private let top: DemoSection
    /// Names that a demo may use.
    private let themes: [String]

    private static let keys = [
        "title", "about", "seed", "size", "loop", "include", "parameters", "chapter",
    ]
    private static let lookKeys = ["view", "pace", "theme", "focus", "highlight", "expand", "freeze", "sort", "slow"]
    private static let chapterKeys = ["title", "notes", "start", "time", "parameters", "caption"] + lookKeys
    private static let captionKeys =
        ["text", "notes", "parameters", "ramp", "type", "steps", "until", "limit", "expect", "claim", "stay"] + lookKeys

    /// The longest caption, in lines of the narrowest screen.
    static let longestCaption = (lines: 3, columns: 74)

    /// - Throws: ``DemoError`` where the text is no TOML.
    init(text: String, path: String, themes: [String]) throws(DemoError) {
        self.themes = themes
        name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let table: TOMLTable
        do {
            table = try TOMLTable(text)
        } catch {
            throw DemoError(path: path, line: error.line, column: error.column, sentence: error.sentence)
        }
        top = DemoSection(table: table, line: nil, file: path)
    }

    /// The demos that it is made of, to be read first.
    func includes() throws(DemoError) -> [String] { try top.texts("include") }

    func error(_ key: String?, _ sentence: String) -> DemoError { top.error(key, sentence) }

    /// The whole demo: the chapters of `included`, then its own.
    /// - Throws: ``DemoError``.
    func resolved(including included: [Demo]) throws(DemoError) -> Demo {
        try top.check(keys: Self.keys, in: "a demo")
        guard let title = try top.title("title"), !title.isEmpty else {
            throw top.error(nil, "a demo needs a title.")
        }
        var settings = Settings()
        try top.section("parameters")?.apply(to: &settings)
        if let seed = try top.whole("seed", in: 0...Int.max) { settings.seed = UInt64(seed) }
        try top.validate(settings, key: "parameters")
        var chapters = included.flatMap(\.chapters)
        for section in try top.sections("chapter") { chapters.append(try chapter(section, settings)) }
        guard !chapters.isEmpty else { throw top.error(nil, "a demo needs a chapter: write [[chapter]].") }
        var demo = Demo(
            name: name, title: title, about: try top.title("about") ?? title, size: try size(), chapters: chapters)
        demo.included = included.reduce(0) { $0 + $1.chapters.count }
        demo.loops = try top.flag("loop") ?? false
        return demo
    }

    private func size() throws(DemoError) -> (width: Int, height: Int) {
        guard let numbers = try top.scalars("size") else { return Renderer.least }
        guard numbers.count == 2, case .whole(let width) = numbers[0], case .whole(let height) = numbers[1],
            (Renderer.least.width...1000).contains(width), (Renderer.least.height...1000).contains(height)
        else {
            throw top.error(
                "size",
                "size must be [columns, rows], at least [\(Renderer.least.width), \(Renderer.least.height)].")
        }
        return (width, height)
    }

    private func chapter(_ section: DemoSection, _ base: Settings) throws(DemoError) -> Demo.Chapter {
        try section.check(keys: Self.chapterKeys, in: "a chapter")
        guard let title = try section.title("title"), !title.isEmpty else {
            throw section.error(nil, "a chapter needs a title.")
        }
        var settings = base
        try section.section("parameters")?.apply(to: &settings)
        try section.validate(settings, key: "parameters")
        let look = try self.look(section, after: Demo.Look())
        let start = Script.Stretch(settings: settings, steps: try section.whole("start", in: 0...100_000) ?? 0)
        var lasting = look
        var captions: [Demo.Caption] = []
        for caption in try section.sections("caption") {
            captions.append(try self.caption(caption, &settings, &lasting))
        }
        guard !captions.isEmpty else {
            throw section.error(nil, "the chapter \"\(title)\" needs a caption: write [[chapter.caption]].")
        }
        return Demo.Chapter(
            title: title, notes: try section.text("notes") ?? "", planned: try section.number("time", in: 1...36_000),
            start: start, captions: captions)
    }

    /// - Parameter look: View, pace and theme last from caption to caption; the rest is for one.
    private func caption(
        _ section: DemoSection, _ settings: inout Settings, _ look: inout Demo.Look
    ) throws(DemoError) -> Demo.Caption {
        try section.check(keys: Self.captionKeys, in: "a caption")
        guard let text = try section.text("text"), !text.isEmpty else {
            throw section.error(nil, "a caption needs a text.")
        }
        let lines = text.wrapped(to: Self.longestCaption.columns).count
        guard lines <= Self.longestCaption.lines else {
            throw section.error(
                "text", "the text takes \(lines) lines of 80 columns and \(Self.longestCaption.lines) fit; shorten it.")
        }
        if let parameters = try section.section("parameters") {
            try parameters.apply(to: &settings)
            try parameters.validate(settings, key: nil)
        }
        var stretches: [Script.Stretch] = []
        if let ramp = try section.section("ramp") { stretches = try ramp.ramp(over: &settings) }
        let condition = try condition(section)
        stretches.append(try stretch(section, settings, condition, afterRamp: !stretches.isEmpty))
        if let typed = try section.text("type") {
            guard settings.workload == .model else {
                throw section.error("type", "type goes with workload = \"model\": only a language model reads it.")
            }
            stretches[0].typed = Array(typed.utf8)
        }
        let own = try self.look(section, after: look)
        (look.view, look.pace, look.theme) = (own.view, own.pace, own.theme)
        (look.focus, look.highlight) = (nil, nil)
        (look.isExpanded, look.freezes, look.isSorted, look.isSlow) = (false, false, false, false)
        return Demo.Caption(
            text: text, notes: try section.text("notes") ?? "", stretches: stretches, condition: condition,
            expectations: try expectations(section), claims: try claims(section, own.view),
            claimLine: section.table.line(of: "claim"), look: own,
            stay: try section.number("stay", in: 0...3600) ?? Self.readingTime(of: text),
            line: section.line)
    }

    private func stretch(
        _ section: DemoSection, _ settings: Settings, _ condition: Condition?, afterRamp: Bool
    ) throws(DemoError) -> Script.Stretch {
        let steps = try section.whole("steps", in: 0...100_000)
        let limit = try section.whole("limit", in: 1...100_000)
        guard let condition else {
            guard limit == nil else {
                throw section.error("limit", "limit goes with until; for a plain run give steps.")
            }
            return Script.Stretch(settings: settings, steps: steps ?? (afterRamp ? 0 : Self.usualSteps))
        }
        guard let limit else { throw section.error("until", "until needs a limit, the most steps to wait for it.") }
        guard steps == nil else {
            throw section.error("steps", "steps and until exclude each other; limit bounds until.")
        }
        return Script.Stretch(settings: settings, steps: limit) { condition.holds(for: $0) }
    }

    /// Steps under a caption that names none.
    private static let usualSteps = 80

    /// Two seconds to look up, then a third of a second a word.
    private static func readingTime(of text: String) -> Double {
        2 + 0.34 * Double(text.split { $0 == " " || $0 == "\n" }.count)
    }

    private func condition(_ section: DemoSection) throws(DemoError) -> Condition? {
        guard let text = try section.text("until") else { return nil }
        let condition = try self.condition(text, section, "until")
        guard condition.aggregate == nil else {
            throw section.error(
                "until", "until looks at one step at a time; leave \"\(text.prefix { $0 != " " })\" out.")
        }
        return condition
    }

    private func expectations(_ section: DemoSection) throws(DemoError) -> [Condition] {
        var conditions: [Condition] = []
        for text in try section.texts("expect") { conditions.append(try condition(text, section, "expect")) }
        return conditions
    }

    private func claims(_ section: DemoSection, _ view: ViewKind) throws(DemoError) -> [Claim] {
        var claims: [Claim] = []
        for text in try section.texts("claim") {
            do {
                claims.append(try Claim(text, view: view))
            } catch {
                throw section.error("claim", error.sentence)
            }
        }
        return claims
    }

    private func condition(_ text: String, _ section: DemoSection, _ key: String) throws(DemoError) -> Condition {
        do {
            return try Condition(text)
        } catch {
            throw section.error(key, error.sentence)
        }
    }

    private func look(_ section: DemoSection, after before: Demo.Look) throws(DemoError) -> Demo.Look {
        var look = before
        if let name = try section.text("view") {
            let names = ViewKind.allCases.map { $0.title.lowercased() }
            guard let view = ViewKind.allCases.first(where: { $0.title.lowercased() == name.lowercased() }) else {
                throw section.error("view", Suggestion.unknown("view", name, among: names))
            }
            look.view = view
        }
        if let theme = try section.text("theme") {
            guard themes.contains(theme) else {
                throw section.error("theme", Suggestion.unknown("theme", theme, among: themes))
            }
            look.theme = theme
        }
        look.pace = try pace(section) ?? look.pace
        look.focus = try panel(section, "focus", of: look.view) ?? look.focus
        look.highlight = try panel(section, "highlight", of: look.view) ?? look.highlight
        look.isExpanded = try section.flag("expand") ?? look.isExpanded
        look.freezes = try section.flag("freeze") ?? look.freezes
        look.isSorted = try section.flag("sort") ?? look.isSorted
        look.isSlow = try section.flag("slow") ?? look.isSlow
        guard !look.isSlow || look.view == .index else {
            throw section.error("slow", "slow goes with view = \"index\", which draws the step.")
        }
        return look
    }

    private func pace(_ section: DemoSection) throws(DemoError) -> Pace? {
        if try section.scalar("pace") == .text("full") { return .full }
        guard section.has("pace") else { return nil }
        guard let rate = try? section.number("pace", in: 0.1...1000) else {
            throw section.error("pace", "pace must be steps a second from 0.1 to 1000, or \"full\".")
        }
        return .stepsPerSecond(rate)
    }

    /// A panel by its title or a part of it.
    private func panel(_ section: DemoSection, _ key: String, of view: ViewKind) throws(DemoError) -> Int? {
        guard let name = try section.text(key)?.lowercased() else { return nil }
        let titles = view.panels.map { $0.title.lowercased() }
        if let exact = titles.firstIndex(of: name) { return exact }
        let partly = titles.indices.filter { titles[$0].contains(name) }
        if partly.count == 1 { return partly[0] }
        throw section.error(key, Suggestion.unknown("panel of the \(view.title) view", name, among: titles))
    }
}

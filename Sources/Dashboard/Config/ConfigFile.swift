import Assets
import Foundation
import PlainText
import Screen
import Simulation
import TOML

/// What a person has written into `$XDG_CONFIG_HOME/halfspace/config.toml`: how the dashboard opens unless an option says
/// otherwise. Read strictly, as themes and demos are.
public struct ConfigFile: Sendable, Equatable {
    /// A name or a path; ``lastTheme`` is whatever was on the screen last.
    public var theme: String?
    public var colour: ColourDepth?
    public var glyphs: GlyphLevel?
    /// Pictures a second at most.
    public var fps: Int?
    public var mouse: Bool?
    public var pace: Pace?
    /// What the dashboard runs.
    public var workload: ConfigWorkload?
    /// What a key stands for, where it is another than the table says.
    public var keys: [Key: Key] = [:]

    /// What `theme` says where the last theme is to be remembered.
    public static let lastTheme = "last"

    /// Whether the theme that is chosen on the screen is kept for the next time.
    public var remembersTheme: Bool { theme == Self.lastTheme }

    /// Nothing is wished.
    public init() {}

    /// Where the file stands.
    public static var file: URL {
        Assets.userFolder(.theme).deletingLastPathComponent().appendingPathComponent("config.toml")
    }

    /// The person's file; nothing is wished where there is none.
    /// - Throws: ``DemoError`` with the line of what is wrong.
    public static func load() throws(DemoError) -> ConfigFile {
        let text: String
        do {
            text = try TextFile.text(of: file)
        } catch {
            if error == .cannotBeRead, !FileManager.default.fileExists(atPath: file.path) { return ConfigFile() }
            throw DemoError(path: file.path, line: nil, sentence: error.sentence, isMissing: error == .cannotBeRead)
        }
        return try ConfigFile(text: text, path: file.path)
    }

    private static let names = ["theme", "colour", "glyphs", "fps", "mouse", "pace", "workload", "keys"]

    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - text: TOML.
    ///   - path: What errors call the file.
    /// - Throws: ``DemoError``.
    public init(text: String, path: String) throws(DemoError) {
        let table: TOMLTable
        do {
            table = try TOMLTable(text)
        } catch {
            throw DemoError(path: path, line: error.line, column: error.column, sentence: error.sentence)
        }
        let section = DemoSection(table: table, line: nil, file: path)
        try section.check(keys: Self.names, in: "the settings")
        theme = try section.text("theme")
        colour = try Self.choice(
            section, "colour", ["truecolor": .trueColour, "256": .palette256, "8": .eight, "none": ColourDepth.none])
        glyphs = try Self.choice(section, "glyphs", ["braille": .braille, "block": .block, "ascii": .ascii])
        fps = try section.whole("fps", in: 1...60)
        mouse = try section.flag("mouse")
        if try section.scalar("pace") == .text("full") {
            pace = .full
        } else if let rate = try section.number("pace", in: 0.1...1000) {
            pace = .stepsPerSecond(rate)
        }
        workload = try section.section("workload").map { section throws(DemoError) in try ConfigWorkload(section) }
        if let keys = try section.section("keys") { self.keys = try Self.keys(keys) }
    }

    private static func choice<Choice>(
        _ section: DemoSection, _ key: String, _ choices: [String: Choice]
    ) throws(DemoError) -> Choice? {
        guard let name = try section.text(key) else { return nil }
        guard let choice = choices[name] else {
            throw section.error(key, Suggestion.unknown(key, name, among: choices.keys.sorted()))
        }
        return choice
    }

    /// `"ö" = "p"`: what is pressed, and the key of the table that it stands for.
    private static func keys(_ section: DemoSection) throws(DemoError) -> [Key: Key] {
        var keys: [Key: Key] = [:]
        for name in section.table.keys {
            guard name.count == 1, let pressed = name.first, let meant = try section.text(name) else {
                throw section.error(
                    name, "\"\(name.plain(20))\" is no key; write one character, = and the key that it stands for.")
            }
            guard
                let binding = BindingTable.standard.helpLines.first(where: { $0.keys.contains { $0.label == meant } }),
                let key = binding.keys.first(where: { $0.label == meant })
            else {
                throw section.error(name, "\"\(meant.plain(20))\" is no key of the program; halfspace keys lists them.")
            }
            keys[.character(pressed)] = key
        }
        return keys
    }
}

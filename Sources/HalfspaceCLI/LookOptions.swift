import ArgumentParser
import Dashboard
import Screen
import Simulation
import Terminal

/// How the screen looks: the theme, and what the terminal is taken to show.
struct LookOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A theme's name, or the path of its file.", valueName: "name|path"))
    var theme: String?
    @Option(help: "auto, truecolor, 256, 8 or none.")
    var colour: ColourWish = .auto
    @Option(help: "auto, braille, block or ascii.")
    var glyphs: GlyphWish = .auto
    @Option(help: "Pictures a second at most, 1 to 60: fewer for a slow link.")
    var fps: Int?
    @Flag(inversion: .prefixedNo, help: "Whether the mouse moves the cursor and the focus.")
    var mouse: Bool?

    func validate() throws {
        guard let fps else { return }
        guard (1...60).contains(fps) else { throw ValidationError("--fps \(fps) is not from 1 to 60.") }
    }

    /// What the terminal is taken for; an option goes before the person's settings.
    func terminalOptions(_ config: ConfigFile = ConfigFile()) -> Terminal.Options {
        var options = Terminal.Options()
        options.colour = colour.depth ?? config.colour
        options.glyphs = glyphs.level ?? config.glyphs
        options.mouse = mouse ?? config.mouse ?? true
        return options
    }

    /// The theme that was asked for; none where it is to be the last one and that is gone.
    /// - Throws: `ThemeError`, before anything is drawn.
    func chosenTheme(_ config: ConfigFile = ConfigFile()) throws -> Theme? {
        if theme == nil, config.remembersTheme {
            return LastTheme().name.flatMap { try? ThemeLibrary.standard.theme($0) }
        }
        return try (theme ?? config.theme).map { try ThemeLibrary.standard.theme($0) }
    }

    /// Watches the themes' files; one given by its path as well.
    var themeWatcher: ThemeWatcher {
        ThemeWatcher(path: theme.flatMap { $0.hasSuffix(".toml") || $0.contains("/") ? $0 : nil })
    }

    /// The state that the dashboard opens with: the theme asked for, else dark or light as the terminal answers.
    func state(
        settings: Settings, chosen: Theme?, terminal: Terminal, config: ConfigFile = ConfigFile()
    ) -> DashboardState {
        var themes = ThemeLibrary.standard.all().themes
        if let chosen, !themes.contains(where: { $0.name == chosen.name }) { themes.insert(chosen, at: 0) }
        let wanted = chosen?.name ?? (terminal.ground == .light ? "light" : "dark")
        var state = DashboardState(
            settings: settings, themes: themes, themeIndex: themes.firstIndex { $0.name == wanted } ?? 0)
        state.usesMouse = mouse ?? config.mouse ?? true
        state.frameInterval = 1 / Double(fps ?? config.fps ?? 30)
        state.keys = config.keys
        state.pace = config.pace ?? state.pace
        state.depth = terminal.profile.depth
        state.glyphs = terminal.profile.glyphs
        return state
    }
}

/// How many colours the terminal is taken to have.
enum ColourWish: String, CaseIterable, ExpressibleByArgument {
    case auto, truecolor
    case palette256 = "256"
    case eight = "8"
    case none

    var depth: ColourDepth? {
        switch self {
        case .auto: nil
        case .truecolor: .trueColour
        case .palette256: .palette256
        case .eight: .eight
        case .none: ColourDepth.none
        }
    }
}

/// Which glyphs the terminal's font is taken to have.
enum GlyphWish: String, CaseIterable, ExpressibleByArgument {
    case auto, braille, block, ascii

    var level: GlyphLevel? {
        switch self {
        case .auto: nil
        case .braille: .braille
        case .block: .block
        case .ascii: .ascii
        }
    }
}

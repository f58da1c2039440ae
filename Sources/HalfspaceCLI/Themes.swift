import ArgumentParser
import Dashboard
import Foundation
import PlainText
import Screen

/// `halfspace themes`: what there is, and whether it is sound.
struct Themes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the themes with their colours, or check theme files.")

    @Flag(
        help: "Check the files given, or every theme that is found; status 65 if one is wrong, 66 if one is missing.")
    var check = false
    @Option(help: ArgumentHelp("Write a picture in each theme into a folder, without a screen.", valueName: "folder"))
    var svg: String?
    @Argument(help: "Theme files to check.")
    var files: [String] = []

    func validate() throws {
        if !files.isEmpty, !check { throw ValidationError("Files go with --check.") }
        if check, svg != nil { throw ValidationError("--svg and --check exclude each other.") }
    }

    func run() throws {
        if let svg { return try reportingFailure { try writePictures(to: svg) } }
        let library = ThemeLibrary.standard
        guard !files.isEmpty else {
            let (themes, errors) = library.all()
            guard check else {
                for theme in themes { print(Self.line(theme)) }
                for error in errors { Message.line("cannot be read: \(error)") }
                return
            }
            for theme in themes { Message.line("\(theme.name): sound") }
            return try end(with: errors)
        }
        var errors: [ThemeError] = []
        for file in files {
            do {
                Message.line("\(file): \(try library.theme(atPath: file).name) is sound")
            } catch {
                errors.append(error)
            }
        }
        try end(with: errors)
    }

    /// The same step of the tour in every theme, on the smallest screen.
    private func writePictures(to path: String) throws {
        let (themes, errors) = ThemeLibrary.standard.all()
        let demos = DemoLibrary.standard
        let demo = try demos.load(try demos.file("tour"))
        let folder = try PictureFolder(path: path)
        var state = DashboardState(settings: demo.chapters[0].start.settings, themes: themes, themeIndex: 0)
        (state.width, state.height) = Renderer.least
        (state.depth, state.glyphs) = (.trueColour, .braille)
        for theme in themes {
            for made in HeadlessDemo(demo, state: state).pictures(theme: theme.name, chapters: 0..<1) {
                try folder.write(
                    made.picture, name: "theme-\(theme.name)", title: "The theme \(theme.name)", theme: made.theme)
            }
        }
        try end(with: errors)
    }

    private func end(with errors: [ThemeError]) throws {
        for error in errors { Message.complain(error) }
        // A theme that is wrong weighs more than one that is not there.
        if !errors.isEmpty { throw ExitCode(errors.allSatisfy(\.isMissing) ? 66 : 65) }
    }

    /// The name, the kind, and a swatch of series and ramps where standard output is a terminal.
    private static func line(_ theme: Theme) -> String {
        let name = theme.name.plain(40).padding(toLength: 16, withPad: " ", startingAt: 0)
        let kind = theme.kind.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
        guard isatty(1) == 1, ProcessInfo.processInfo.environment["NO_COLOR"]?.isEmpty ?? true else {
            return "\(name)\(kind)"
        }
        var swatch = Buffer(width: 76, height: 1, fill: Cell(.space, theme.style(.text)))
        var x = swatch.put(" \(name)", x: 0, y: 0, style: theme.style(.text, .bold))
        for series in Theme.Series.allCases {
            swatch.put("██", x: x, y: 0, style: theme.style(series))
            x += 2
        }
        x += 2
        for ramp in Theme.RampName.allCases {
            for colour in (Ramp(theme[ramp]) ?? .grey).quantised(16) {
                swatch[x, 0] = Cell(.space, Style(on: colour))
                x += 1
            }
            x += 2
        }
        swatch.put(kind, x: x, y: 0, style: theme.style(.muted))
        return ANSIPainter.line(swatch)
    }
}

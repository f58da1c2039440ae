import CNcurses
import CSignals
import Screen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the terminal of this process is and can, found out without taking its screen.
public struct TerminalReport: Sendable {
    /// The value of `TERM`.
    public var type: String
    /// Columns and rows; nil where the terminal does not know.
    public var size: (width: Int, height: Int)?
    /// The number of colours in its terminfo entry.
    public var entryColours: Int
    public var profile: TerminalProfile
    public var isUTF8: Bool
    /// The background that it told, if it did.
    public var background: Colour?
    /// Whether it said that it knows synchronised updates.
    public var saysSynchronised: Bool
    /// Whether its entry has a way to report the mouse.
    public var hasMouse: Bool
    /// Inside tmux or GNU screen.
    public var multiplexer: String?

    /// Reads the entry of `TERM` and asks the terminal.
    ///
    /// - Throws: ``TerminalError`` where the dashboard would refuse too.
    public init(_ options: Terminal.Options = Terminal.Options()) throws {
        for (descriptor, name) in [(STDIN_FILENO, "standard input"), (STDOUT_FILENO, "standard output")]
        where isatty(descriptor) == 0 {
            throw TerminalError.notATerminal(name)
        }
        let environment = Terminal.environment
        type = environment["TERM"] ?? ""
        guard !type.isEmpty else { throw TerminalError.noType }
        isUTF8 = Terminal.chooseLocale()
        (entryColours, hasMouse) = try Terminal.lookUp(type, STDOUT_FILENO)
        profile = TerminalProfile(
            type: type, colours: entryColours, isUTF8: isUTF8, environment: environment, colour: options.colour,
            glyphs: options.glyphs)
        var (columns, rows): (Int32, Int32) = (0, 0)
        if cs_size(STDOUT_FILENO, &columns, &rows) == 0 && columns > 0 && rows > 0 {
            size = (Int(columns), Int(rows))
        }
        let answers =
            profile.answersQueries
            ? BackgroundQuery.ask(STDOUT_FILENO, milliseconds: 2000) : TerminalAnswers()
        background = answers.background
        saysSynchronised = answers.synchronised
        multiplexer = environment["TMUX"] != nil ? "tmux" : environment["STY"] != nil ? "GNU screen" : nil
    }
}

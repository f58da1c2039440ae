/// Why the screen cannot be opened: one sentence that says what to do.
public enum TerminalError: Error, Equatable, CustomStringConvertible {
    /// Standard input or output is a pipe or a file.
    case notATerminal(String)
    /// `TERM` is not set.
    case noType
    /// The terminal type is in no terminfo folder.
    case unknownType(String)
    /// The terminal cannot place the cursor.
    case cannotMoveCursor(String)
    case cannotOpen(String)

    public var description: String {
        switch self {
        case .notATerminal(let what):
            "\(what) is not a terminal: run the dashboard in one, or use `halfspace stream` for output without a screen"
        case .noType:
            "TERM is not set: say what the terminal is, for example TERM=xterm-256color"
        case .unknownType(let name):
            "the terminal type “\(name)” (TERM) is in no terminfo folder: try TERM=xterm-256color"
        case .cannotMoveCursor(let name):
            "a terminal of type “\(name)” (TERM) cannot place the cursor: use a full terminal, "
                + "for example with TERM=xterm-256color, or `halfspace stream`"
        case .cannotOpen(let why):
            "the terminal cannot be opened: \(why)"
        }
    }
}

import Foundation

/// What is wrong with a theme, and where: `path:line: sentence`.
public struct ThemeError: Error, Equatable, CustomStringConvertible {
    public var path: String
    /// From 1; nil where no line is to blame.
    public var line: Int?
    /// From 1; told where the text is no TOML.
    public var column: Int?
    public var sentence: String
    /// Whether there is no file to be wrong: it is missing or cannot be read.
    public var isMissing = false

    public var description: String { told(of: path) }

    /// The same with the file's name alone, for a line of the screen.
    public var short: String { told(of: URL(fileURLWithPath: path).lastPathComponent) }

    private func told(of file: String) -> String {
        Text.mistake(in: file, line: line, column: column, sentence)
    }
}

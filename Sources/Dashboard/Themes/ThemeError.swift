/// What is wrong with a theme, and where: `path:line: sentence`.
public struct ThemeError: Error, Equatable, CustomStringConvertible {
    public var path: String
    /// From 1; nil where no line is to blame.
    public var line: Int?
    public var sentence: String

    public var description: String {
        ([path] + (line.map { [String($0)] } ?? []) + [" " + sentence]).joined(separator: ":")
    }
}

import Simulation

/// How the text of a language model is looked at, and the line that a person types into it.
public struct TextState: Sendable, Equatable {
    /// Whether the light is that of all heads together, or of the chosen one.
    public var showsAllHeads = true
    /// What is being typed; nil while no line is open.
    public var line: String?

    public init() {}

    /// What is lit, and whose light it is.
    func lit(_ frame: TextFrame) -> (name: String, entries: [TextFrame.Lit]) {
        showsAllHeads ? ("all heads", frame.ofAllHeads) : (frame.headName, frame.ofHead)
    }
}

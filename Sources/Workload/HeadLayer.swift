/// A layer of a trace or a language model, with the heads that there are to choose from.
public struct HeadLayer: Sendable, Equatable {
    /// The model's own number of it.
    public var number: Int
    public var heads: Int

    public init(number: Int, heads: Int) { (self.number, self.heads) = (number, heads) }
}

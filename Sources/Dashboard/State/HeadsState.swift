import Evaluation

/// How the heads of a trace or model are looked at.
public struct HeadsState: Sendable, Equatable {
    /// A head by its row and column in the picture.
    public struct Spot: Sendable, Equatable {
        /// The position of its layer among the layers, and its own in the layer.
        public var row, head: Int

        public init(row: Int, head: Int) { (self.row, self.head) = (row, head) }
    }

    /// The head under the cursor; nil until it is moved: the one that the dashboard shows.
    public var cursor: Spot?
    /// The place of the chosen figure among those that a trace has.
    public var figure = HeadFigure.all.firstIndex { $0.name == "keys90" } ?? 0

    public init() {}
}

import HalfSpace

/// What a query did in a tree, node by node in the index's own order, for a picture of it.
public struct TreePicture: Sendable, Equatable {
    public enum Fate: UInt8, Sendable {
        /// Never looked at: its branch was dropped or taken above.
        case unseen
        /// Its branch was dropped: no key of it reaches the threshold.
        case pruned
        case crossing
        /// Its branch was taken, all of its keys being reported.
        case whole
    }

    /// The nodes of each level from the left, the root's level first; levels of more than ``widest`` nodes are left out.
    public var levels: [[Fate]]

    /// Nodes of a level at most: more are no picture.
    public static let widest = 4096

    /// - Parameter levels: From the root down.
    public init(levels: [[Fate]]) { self.levels = levels }

    /// From the fates of single keys: a node all of whose keys were dropped counts as dropped itself, and likewise taken.
    ///
    /// - Parameters:
    ///   - fates: Of each key, by position.
    ///   - order: Positions in the order in which the index keeps them.
    ///   - sizes: Keys in a node of each level, from the root down.
    public init(fates: [KeyFate], order: ArraySlice<UInt32>, sizes: [Int]) {
        var before: (fates: [Fate], size: Int)?
        levels = []
        for size in sizes where size > 0 && (order.count + size - 1) / size <= Self.widest {
            let nodes = (0..<(order.count + size - 1) / size).map { node -> Fate in
                let first = order.startIndex + node * size
                if let before {
                    let parent = min(node * size / before.size, before.fates.count - 1)
                    guard parent >= 0, before.fates[parent] == .crossing else { return .unseen }
                }
                return Self.fate(of: order[first..<min(first + size, order.endIndex)], fates)
            }
            levels.append(nodes)
            before = (nodes, size)
        }
    }

    private static func fate(of keys: ArraySlice<UInt32>, _ fates: [KeyFate]) -> Fate {
        guard let first = keys.first, fates.indices.contains(Int(first)) else { return .unseen }
        let wanted = fates[Int(first)]
        guard wanted == .pruned || wanted == .whole else { return .crossing }
        let isAlike = keys.allSatisfy { fates.indices.contains(Int($0)) && fates[Int($0)] == wanted }
        return isAlike ? (wanted == .pruned ? .pruned : .whole) : .crossing
    }
}

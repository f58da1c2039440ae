/// The reporting indexes, by the name that is typed and shown.
public enum IndexKind: String, CaseIterable, Sendable, Codable {
    /// SIMD scan of every key.
    case brute
    /// Partition tree with a three-way node test: the practical counterpart of the paper's Part 1.
    case tree
    /// Cells of query directions with prefix lists: the practical counterpart of Part 2.
    case net
    /// Boxes of 32 keys with bounds in 8 bits, and codes of 4 bits inside them.
    case boxes
    /// Low-bit codes with a sound error bound.
    case quantised
    /// Boxes over the leading principal components and the norm of the rest, for keys of low rank.
    case prefix
}

/// What the user asks for: one index, or the planner.
public enum IndexChoice: Sendable, Equatable, Codable {
    case auto
    case fixed(IndexKind)

    /// "auto" or an index's name.
    public init?(name: String) {
        if name == "auto" {
            self = .auto
        } else if let kind = IndexKind(rawValue: name) {
            self = .fixed(kind)
        } else {
            return nil
        }
    }

    public var name: String {
        switch self {
        case .auto: "auto"
        case .fixed(let kind): kind.rawValue
        }
    }
}

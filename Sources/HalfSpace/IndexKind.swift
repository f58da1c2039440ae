/// The reporting indexes, by the name that is typed and shown.
public enum IndexKind: String, CaseIterable, Sendable, Codable {
    /// SIMD scan of every key.
    case brute
    /// Partition tree with a three-way node test: the practical counterpart of the paper's Part 1.
    case tree
    /// Cells of query directions with prefix lists: the practical counterpart of Part 2.
    case net
    /// Flat boxes of 32 keys with int8 bounds.
    case boxes
    /// Low-bit codes with a sound error bound.
    case quantised
    /// The leading principal components in int8 with a tail norm, for keys of low rank.
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

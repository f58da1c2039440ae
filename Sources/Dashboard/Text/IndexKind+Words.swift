import HalfSpace

extension IndexKind {
    /// What an index without levels drops whole: groups of keys under one bound; nil where it has none, or has levels.
    var part: String? {
        switch self {
        case .brute, .tree, .net: nil
        case .boxes, .prefix: "boxes"
        case .quantised: "blocks"
        }
    }

    /// How an index without levels looks at keys, in a sentence; nil for one that tells the fate of every key.
    var reading: String? {
        switch self {
        case .tree, .net: nil
        case .brute: "This index scores every key."
        case .boxes:
            "This index drops boxes of near keys by their bounds and scores what is left; the Index view counts them."
        case .prefix:
            "This index drops boxes over the leading principal components by their bounds and scores what is left; the Index view counts them."
        case .quantised: "This index reads a few bits of every key and scores those that they cannot rule out."
        }
    }
}

/// What a tensor of attention is: queries, keys, values, or the logits of an attention sink that is no token.
public enum TensorPart: String, CaseIterable, Sendable {
    case queries, keys, values, sinks

    /// How it is spelt within a name.
    var spellings: [String] {
        switch self {
        case .queries: ["q_proj", "queries", "query", "q", "Q"]
        case .keys: ["k_proj", "keys", "key", "k", "K"]
        case .values: ["v_proj", "values", "value", "v", "V"]
        case .sinks: ["sinks"]
        }
    }

    /// What this part would be called beside another part of the same layer.
    func name(beside other: String) -> String? {
        for part in Self.allCases where part != .sinks {
            for (spelling, own) in zip(part.spellings, spellings) where other.hasSuffix(spelling) {
                return other.dropLast(spelling.count) + own
            }
        }
        return nil
    }
}

/// How tensors are named: patterns with {layer}, a number, and {part}, the letter q, k or v or the word that it stands for.
struct TensorNames: Sendable {
    /// A layer's part, and the pattern that found it.
    struct Place: Sendable {
        var layer: Int
        var part: TensorPart
        /// The pattern's position.
        var rank: Int
    }

    /// Our own names, Hugging Face's, and TransformerLens's. Where a file has queries before and after the rotary
    /// embedding (`hook_q`, `hook_rot_q`), those after it are taken.
    static let standard: [String] = [
        "layers.{layer}.{part}", "layer{layer}.{part}", "{part}", "model.layers.{layer}.self_attn.{part}",
        "layers.{layer}.self_attn.{part}", "blocks.{layer}.attn.hook_{part}", "blocks.{layer}.attn.hook_rot_{part}",
    ]

    private let patterns: [[Piece]]

    /// Whether a name of one pattern is left aside where a file has one of the other as well.
    static func givesWay(_ rank: Int, to other: Int) -> Bool {
        rank == standard.count - 2 && other == standard.count - 1
    }

    private enum Piece: Equatable {
        case text(String)
        case layer
        case part
    }

    /// The standard names, or a pattern's alone.
    /// - Throws: ``WorkloadError`` for a pattern without {part}, or with either place twice.
    init(pattern: String?) throws(WorkloadError) {
        patterns = (pattern.map { [$0] } ?? Self.standard).map(Self.pieces)
        if let pattern {
            let pieces = patterns[0]
            guard pieces.count(where: { $0 == .part }) == 1, pieces.count(where: { $0 == .layer }) <= 1 else {
                throw .namesWithoutPart(pattern)
            }
        }
    }

    private static func pieces(_ pattern: String) -> [Piece] {
        var (pieces, rest) = ([Piece](), pattern[...])
        while !rest.isEmpty {
            if rest.hasPrefix("{layer}") {
                pieces.append(.layer)
                rest = rest.dropFirst("{layer}".count)
            } else if rest.hasPrefix("{part}") {
                pieces.append(.part)
                rest = rest.dropFirst("{part}".count)
            } else {
                let next = rest.dropFirst().firstIndex(of: "{") ?? rest.endIndex
                pieces.append(.text(String(rest[..<next])))
                rest = rest[next...]
            }
        }
        return pieces
    }

    /// What a name stands for; nil for a tensor that is not of attention.
    func place(of name: String) -> Place? {
        // What is longer is no name that a pattern means, and would be long in comparing.
        guard name.utf8.count <= 1024 else { return nil }
        for (rank, pieces) in patterns.enumerated() {
            if let found = Self.match(name[...], pieces[...], layer: nil, part: nil) {
                return Place(layer: found.layer, part: found.part, rank: rank)
            }
        }
        return nil
    }

    private static func match(
        _ name: Substring, _ pieces: ArraySlice<Piece>, layer: Int?, part: TensorPart?
    ) -> (layer: Int, part: TensorPart)? {
        guard let piece = pieces.first else {
            guard name.isEmpty, let part else { return nil }
            return (layer ?? 0, part)
        }
        switch piece {
        case .text(let text):
            return name.hasPrefix(text)
                ? match(name.dropFirst(text.count), pieces.dropFirst(), layer: layer, part: part) : nil
        case .layer:
            let digits = name.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { return nil }
            return match(name[digits.endIndex...], pieces.dropFirst(), layer: number, part: part)
        case .part:
            for candidate in TensorPart.allCases {
                for spelling in candidate.spellings where name.hasPrefix(spelling) {
                    let rest = name.dropFirst(spelling.count)
                    if let found = match(rest, pieces.dropFirst(), layer: layer, part: candidate) { return found }
                }
            }
            return nil
        }
    }
}

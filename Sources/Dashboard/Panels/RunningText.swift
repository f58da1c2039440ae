import Screen
import Simulation

/// A text in running words, pieces of words joined, the attended ones lit by their weight.
struct RunningText {
    struct Piece {
        var text: String
        /// Of the strongest; nil where it is not attended to.
        var weight: Double?
        /// Whether a space stands before it.
        var isWord: Bool
    }

    let pieces: [Piece]

    /// - Parameters:
    ///   - positions: In the order of the text.
    ///   - word: What stands at a position.
    ///   - weight: How strongly a position is attended to.
    init(_ positions: Range<Int>, word: (Int) -> String?, weight: (Int) -> Double? = { _ in nil }) {
        pieces = positions.compactMap { position in
            word(position).map { text in
                // Tokenizers mark the pieces that go on with a word.
                let goesOn = text.hasPrefix("##")
                return Piece(
                    text: goesOn ? String(text.dropFirst(2)) : text, weight: weight(position),
                    isWord: !goesOn && !Self.closes(text))
            }
        }
    }

    /// What stands close to the word before it.
    private static func closes(_ text: String) -> Bool {
        text.count == 1 && text.allSatisfy { ".,;:!?)'\u{2019}\u{201D}".contains($0) }
    }

    /// Columns of a piece with its space.
    static func width(_ piece: Piece, isFirst: Bool) -> Int {
        DisplayWidth.of(piece.text) + (piece.isWord && !isFirst ? 1 : 0)
    }

    func draw(
        into buffer: inout Buffer, x: Int, y: Int, clip: Rect, style: Style, _ context: RenderContext
    ) {
        var x = x
        for (i, piece) in pieces.enumerated() {
            if piece.isWord, i > 0 { x += 1 }
            let lit = piece.weight.map { TextPanel.light($0, style, context) } ?? style
            x = buffer.put(piece.text, x: x, y: y, style: lit, clip: clip)
        }
    }
}

/// The places of the text that a query attends to most, each with the words around it.
struct Excerpts {
    struct Excerpt {
        var positions: Range<Int>
        /// Its strongest word's share of the attention.
        var share: Double
    }

    let excerpts: [Excerpt]

    /// - Parameters:
    ///   - attended: The heaviest first.
    ///   - count: Excerpts at most.
    ///   - before: Words before and after the one that is attended to.
    init(_ attended: [Snapshot.AttendedWord], count: Int, around: Int, of n: Int) {
        var excerpts: [Excerpt] = []
        for word in attended where excerpts.count < count {
            guard !excerpts.contains(where: { $0.positions.contains(word.position) }) else { continue }
            let first = max(0, word.position - around)
            excerpts.append(
                Excerpt(positions: first..<max(first, min(n, word.position + around + 1)), share: Double(word.share)))
        }
        self.excerpts = excerpts
    }
}

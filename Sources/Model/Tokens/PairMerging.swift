/// Merges neighbouring pieces of a text two at a time, the pair of the least rank first and the leftmost of several, until no
/// pair has one: byte-pair encoding. O(n log n) for n pieces.
struct PairMerging {
    private let rank: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Double?
    private let text: [UInt8]
    private var pieces: [Piece]
    private var waiting: [Pair] = []

    /// A range of the text with its neighbours, −1 for none; an empty one was merged into the one before.
    private struct Piece {
        var range: Range<Int>
        var before: Int
        var after: Int
    }

    private struct Pair {
        var rank: Double
        var left: Int
        var right: Int
        /// Length of both when this was noted: another length since then is another pair.
        var length: Int

        func comes(before other: Pair) -> Bool { (rank, left) < (other.rank, other.left) }
    }

    /// The pieces that are left.
    static func merge(
        _ text: [UInt8], pieces: [Range<Int>], rank: @escaping (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Double?
    ) -> [Range<Int>] {
        guard pieces.count > 1 else { return pieces }
        var merging = PairMerging(text, pieces, rank)
        merging.run()
        return merging.pieces.map(\.range).filter { !$0.isEmpty }
    }

    private init(
        _ text: [UInt8], _ ranges: [Range<Int>], _ rank: @escaping (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Double?
    ) {
        (self.text, self.rank) = (text, rank)
        pieces = ranges.enumerated().map { i, range in
            Piece(range: range, before: i - 1, after: i + 1 < ranges.count ? i + 1 : -1)
        }
        for i in 1..<ranges.count { note(i - 1, i) }
    }

    private mutating func run() {
        while let pair = next() {
            let (left, right) = (pieces[pair.left].range, pieces[pair.right].range)
            guard !left.isEmpty, !right.isEmpty, left.count + right.count == pair.length else { continue }
            let after = pieces[pair.right].after
            pieces[pair.left].range = left.lowerBound..<right.upperBound
            pieces[pair.left].after = after
            pieces[pair.right].range = right.upperBound..<right.upperBound
            if after >= 0 { pieces[after].before = pair.left }
            note(pieces[pair.left].before, pair.left)
            note(pair.left, after)
        }
    }

    private mutating func note(_ left: Int, _ right: Int) {
        guard left >= 0, right >= 0 else { return }
        let (a, b) = (pieces[left].range, pieces[right].range)
        guard let rank = rank(text[a], text[b]) else { return }
        push(Pair(rank: rank, left: left, right: right, length: a.count + b.count))
    }

    // A binary heap with the pair that comes first on top.

    private mutating func push(_ pair: Pair) {
        waiting.append(pair)
        var at = waiting.count - 1
        while at > 0, waiting[at].comes(before: waiting[(at - 1) / 2]) {
            waiting.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    private mutating func next() -> Pair? {
        guard let first = waiting.first else { return nil }
        waiting.swapAt(0, waiting.count - 1)
        waiting.removeLast()
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < waiting.count {
                if waiting[child].comes(before: waiting[least]) { least = child }
            }
            guard least != at else { return first }
            waiting.swapAt(at, least)
            at = least
        }
    }
}

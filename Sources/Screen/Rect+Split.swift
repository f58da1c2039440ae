/// The size of one part of a split.
public enum Length: Sendable, Equatable {
    /// That many cells.
    case fixed(Int)
    /// What the fixed parts leave, divided in proportion.
    case share(Double)
}

extension Rect {
    /// Splits from top to bottom, with `gap` rows between.
    ///
    /// Where there is too little room the first parts are served first; nothing reaches outside.
    public func rows(_ parts: [Length], gap: Int = 0) -> [Rect] {
        Self.split(height, parts, gap).map { Rect(x: x, y: y + $0.start, width: width, height: $0.length) }
    }

    /// Splits from left to right, with `gap` columns between.
    public func columns(_ parts: [Length], gap: Int = 0) -> [Rect] {
        Self.split(width, parts, gap).map { Rect(x: x + $0.start, y: y, width: $0.length, height: height) }
    }

    private static func split(_ total: Int, _ parts: [Length], _ gap: Int) -> [(start: Int, length: Int)] {
        var fixed = gap * max(0, parts.count - 1)
        var shares = 0.0
        for part in parts {
            switch part {
            case .fixed(let cells): fixed += max(0, cells)
            case .share(let share): shares += max(0, share)
            }
        }
        let free = max(0, total - fixed)
        var start = 0
        var shared = 0.0
        var given = 0
        return parts.map { part in
            var length: Int
            switch part {
            case .fixed(let cells): length = max(0, cells)
            case .share(let share):
                // Rounding the running sum, not each part, hands out every cell exactly once.
                shared += max(0, share)
                let upTo = shares > 0 ? Int((Double(free) * shared / shares).rounded()) : 0
                length = upTo - given
                given = upTo
            }
            length = min(length, max(0, total - start))
            defer { start = min(total, start + length + gap) }
            return (start, length)
        }
    }
}

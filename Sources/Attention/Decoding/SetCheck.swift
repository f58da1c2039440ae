import HalfSpace

/// The set of a step against the definition, both as the driver that answered lists it and as the call that was timed counted it.
public struct SetCheck: Sendable, Equatable {
    /// Keys of the definition's set that were not found.
    public private(set) var missed = 0
    /// Keys that were found outside of it, or twice.
    public private(set) var extra = 0

    /// - Parameters:
    ///   - found: What the step found.
    ///   - query: d floats.
    ///   - report: Its set, listed.
    ///   - store: The keys.
    /// - Complexity: O(n·d).
    public init(_ found: AttentionFinding, of query: [Float], report: Report, store: KeyValueStore) {
        var left = [Bool](repeating: false, count: store.count)
        var (members, counted) = (0, 0)
        query.withUnsafeBufferPointer { q in
            for row in 0..<store.count {
                let score = Membership.score(q, store.key(row))
                if score >= report.threshold {
                    left[row] = true
                    members += 1
                }
                if score >= found.threshold { counted += 1 }
            }
        }
        for position in report.positions {
            let row = Int(position)
            if row < left.count, left[row] {
                left[row] = false
                members -= 1
            } else {
                extra += 1
            }
        }
        missed = members
        // A call that counts another number of keys than its half-space holds has missed some, or has some too many.
        guard let count = found.count else { return }
        missed = max(missed, counted - count)
        extra = max(extra, count - counted)
    }
}

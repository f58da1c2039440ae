extension ReportingIndex {
    /// What a query does with each key, by position; O(n), for a picture.
    public func fates(of query: Query) -> [KeyFate] {
        let report = Report()
        report.isTraced = true
        self.report(query, into: report)
        return report.fates
    }

    /// Completes what drivers noted of a query: those that note nothing test every key.
    func complete(_ trace: Trace, of report: Report, isAnswered: Bool) {
        let silent = isAnswered ? partRows.filter { !$0.traces }.map(\.rows) : [0..<grown.end]
        for rows in silent { for row in rows { trace.mark(row, .tested) } }
        for position in report.positions where trace.fate(Int(position)) != .whole {
            trace.mark(Int(position), .reported)
        }
        for rows in silent {
            trace.addPruned(rows.count { trace.fate($0) == .tested }, bound: report.threshold)
        }
        report.levels = trace.levels
        report.prunedBounds = trace.prunedBounds
        report.fates = (0..<grown.end).map(trace.fate)
    }

    /// All positions in the index's own order, in which near keys stand near each other; by position where it has none.
    public var order: [UInt32] {
        parts.flatMap { ($0.index as? any DetailedIndex)?.order ?? $0.rows.map(UInt32.init) }
            + grown.tailRows.map(UInt32.init)
    }

    /// The cells of the prompt's index in the plane of the keys, at d = 2; level 0 are the smallest. Empty where the index
    /// has none.
    public func cells(atLevel level: Int = 0) -> [IndexCell] {
        guard store.dimension == 2, level >= 0 else { return [] }
        return (base as? any DetailedIndex)?.cells(atLevel: level) ?? []
    }

    /// The prompt's keys in at most `cells` groups of near keys with their sums, where the index has a tree; O(n).
    public func partition(cells: Int) -> IndexPartition? {
        precondition(cells >= 1)
        return (base as? any DetailedIndex)?.partition(cells: cells)
    }
}

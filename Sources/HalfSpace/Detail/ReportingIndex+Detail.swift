extension ReportingIndex {
    /// What a query does with each key, by position; O(n), for a picture.
    public func fates(of query: Query) -> [KeyFate] {
        var fates = [KeyFate](repeating: .pruned, count: grown.end)
        let report = Report()
        forEachPart { part in
            if let detailed = part as? any DetailedIndex { return detailed.fates(of: query, into: &fates) }
            for row in part.rows { fates[row] = .tested }
            report.positions.removeAll(keepingCapacity: true)
            report.scores.removeAll(keepingCapacity: true)
            part.report(query, into: report)
            for position in report.positions { fates[Int(position)] = .reported }
        }
        return fates
    }

    /// All positions in the index's own order, in which near keys stand near each other; by position where it has none.
    public var order: [UInt32] {
        var order: [UInt32] = []
        order.reserveCapacity(grown.end)
        forEachPart { part in
            if let detailed = part as? any DetailedIndex {
                order += detailed.order
            } else {
                order += part.rows.map(UInt32.init)
            }
        }
        return order
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

extension NetIndex {
    /// Where cells of directions pay: in few dimensions, if keys stay and there are many.
    public static func pays(_ shape: StepShape) -> Bool {
        shape.keysStay && (2...4).contains(shape.d) && shape.n >= 1 << 17
    }

    /// What a cell's tree reads of what a tree over all keys would, as counted on normal keys: its nodes lie along the queries'
    /// boundaries.
    private static let share = 0.45

    /// Cells over a sample would say little of cells over all keys; a tree says more.
    public static func expectedWork(_ probe: PlanProbe) -> StepWork? {
        guard var counts = probe.counts(of: .tree) else { return nil }
        for path in [\QueryCounts.visited, \.candidates, \.bytes, \.whole, \.wholeKeys] {
            counts[keyPath: path] *= share
        }
        return work(of: counts, in: probe.shape)
    }

    /// A tree of what queries of one direction can report.
    public static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork {
        TreeIndex.work(of: counts, in: shape)
    }
}

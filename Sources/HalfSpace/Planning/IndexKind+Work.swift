extension IndexKind {
    /// What a decode step through this index is expected to do over the keys of a store; nil where it has no answer for them.
    /// Some milliseconds for a sample.
    public func expectedWork(over store: KeyValueStore, hints: QueryHints) -> StepWork? {
        type.expectedWork(PlanProbe(of: store, hints: hints))
    }

    /// What a decode step through this index does, from what reporting was counted to do.
    public func work(of counts: QueryCounts, in shape: StepShape) -> StepWork { type.work(of: counts, in: shape) }
}

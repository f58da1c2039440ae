import HalfSpace

/// Heads over the same keys that one thread asks one after the other, beside other threads: what their kernel calls are made through is
/// theirs alone.
final class PieceOfHeads {
    private var plan: StepPlan?

    /// The plan, made when it is asked for first.
    func plan(over store: KeyValueStore) -> StepPlan {
        if let plan { return plan }
        let made = StepPlan(store: store)
        plan = made
        return made
    }
}

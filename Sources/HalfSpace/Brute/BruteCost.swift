extension BruteIndex {
    /// Nothing has to be counted.
    public static func expectedWork(_ probe: PlanProbe) -> StepWork? { work(of: QueryCounts(), in: probe.shape) }

    /// Keys whose values are fetched before the next are scored.
    private static let stretch = 1024.0

    /// Every key in order, the values of the members from anywhere, after each stretch of keys.
    public static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork {
        StepWork(
            waits: 75 + shape.selectionWaits + 2 * min(Double(shape.n) / stretch, shape.members), area: shape.bytes,
            [
                StepWork.Phase(
                    "keys", bytes: shape.keyFloats * Double(shape.format.bytes), products: shape.keyFloats)
            ] + shape.answer)
    }
}

extension QuantisedIndex {
    /// What a key takes beside its entries, in entries: shorter keys are compared and listed as often.
    private static let leastEntries = 16

    /// Codes of all keys in order, float32 of the candidates that they leave, values of the members.
    public static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork {
        StepWork(
            waits: 100 + shape.selectionWaits, area: shape.bytes,
            [
                StepWork.Phase("codes", bytes: counts.bytes, codes: Double(shape.n * max(shape.d, leastEntries))),
                shape.candidates(counts.candidates, bytes: shape.keyBytes),
            ] + shape.answer)
    }
}

extension QuantisedIndex {
    /// What a key takes beside its entries, in entries: shorter keys are compared and listed as often.
    private static let leastEntries = 16

    /// Codes of all keys in order, float32 of the candidates that they leave, values of the members.
    public static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork {
        // Queries that are looked for together count a part of the reading each, and compare entries at a rate of their own.
        let entries = Double(shape.n * max(shape.d, leastEntries))
        let isShared = shape.looks > 1
        let codes = StepWork.Phase(
            "codes", bytes: counts.bytes / Double(shape.looks), codes: isShared ? 0 : entries,
            codesTogether: isShared ? entries : 0)
        return StepWork(
            waits: 100 + shape.selectionWaits, area: shape.bytes, sharers: shape.looks,
            [
                codes,
                shape.candidates(counts.candidates, bytes: shape.keyBytes),
            ] + shape.answer)
    }
}

extension QuantisedIndex {
    /// Codes of all keys in order, float32 of the candidates that they leave, values of the members.
    public static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork {
        StepWork(
            waits: 100 + shape.selectionWaits, area: shape.bytes,
            [
                StepWork.Phase("codes", bytes: counts.bytes, codes: shape.keyFloats),
                shape.candidates(counts.candidates, bytes: shape.keyBytes),
            ] + shape.answer)
    }
}

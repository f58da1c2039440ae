extension PrefixIndex {
    /// Below this d a prefix is hardly shorter than the key.
    public static func pays(_ shape: StepShape) -> Bool { shape.d >= 16 }

    /// It is long to build, and other queries than those foreseen may not lie along its components.
    public static let patience = 0.8

    /// The query along the components, boxes and codes over them, float32 of what they leave, values of the members.
    public static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork {
        let most = Double(PrefixLength.longest(dimension: shape.d) ?? 0)
        return StepWork(
            waits: 120 + shape.selectionWaits, area: shape.bytes,
            [
                StepWork.Phase("axes", bytes: 4 * most * Double(shape.d), products: most * Double(shape.d)),
                StepWork.Phase("boxes", bytes: counts.bytes, codes: counts.bytes * BoxesIndex.entriesPerByte),
                shape.candidates(counts.candidates, bytes: shape.keyBytes),
            ] + shape.answer)
    }
}

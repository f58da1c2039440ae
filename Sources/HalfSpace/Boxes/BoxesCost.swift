extension BoxesIndex {
    /// Boxes rule out enough keys, and trees do not.
    public static func pays(_ shape: StepShape) -> Bool { (5...16).contains(shape.d) }

    /// Records of keys and values make it ten times as long to build as codes.
    public static let patience = 0.9

    /// Entries of boxes and codes in a byte: boxes hold one, codes two.
    static let entriesPerByte = 1.5

    public static func candidateBytes(dimension d: Int, valueDimension dv: Int, format: NumberFormat) -> Int {
        4 * BoxedKeys.layout(d, dv).stride
    }

    /// Boxes of all leaves, codes of those that the boundary crosses, records of key and value of what the codes leave.
    public static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork {
        StepWork(
            waits: 90 + shape.selectionWaits, area: shape.bytes,
            [
                StepWork.Phase("boxes", bytes: counts.bytes, codes: counts.bytes * entriesPerByte),
                shape.candidates(counts.candidates, bytes: 4 * BoxedKeys.layout(shape.d, shape.dv).stride),
                // Values came with the records.
                shape.selection, shape.values(lines: 0),
            ])
    }
}

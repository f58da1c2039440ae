/// How far a float32 output is from the float64 row that it stands for.
public struct AttentionError: Sendable, Equatable {
    /// The largest difference of an entry.
    public var largest: Double
    /// ‖out − row‖₂ / ‖row‖₂; 1 where the row is 0 and the output is not.
    public var relative: Double

    /// Compares entry by entry; an entry that is no finite number is as wrong as can be.
    public init(_ found: [Float], against row: [Double]) {
        precondition(found.count == row.count)
        var (difference, norm) = (0.0, 0.0)
        largest = 0
        for (entry, truth) in zip(found, row) {
            let delta = entry.isFinite ? abs(Double(entry) - truth) : .greatestFiniteMagnitude
            largest = max(largest, delta)
            difference += delta * delta
            norm += truth * truth
        }
        relative = min((difference / norm).squareRoot(), .greatestFiniteMagnitude)
        if difference == 0 { relative = 0 } else if norm == 0 { relative = 1 }
    }
}

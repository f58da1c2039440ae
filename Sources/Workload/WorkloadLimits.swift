import HalfSpace

/// The sizes that a made workload can have.
public enum WorkloadLimits {
    /// Keys at the start; the machine's memory is often the nearer limit.
    public static let length = 0...(1 << 30)
    /// d: what the kernels have room for.
    public static let dimension = 1...KeyValueStore.mostDimensions
    /// dv of a trace.
    public static let valueDimension = dimension
    /// What scores are divided by: float32 holds queries, keys and their products.
    public static let temperature = 1e-30...1e30

    static func check(n: Int, d: Int) throws(WorkloadError) {
        guard dimension.contains(d) else { throw .dimensionOutOfRange(d) }
        guard length.contains(n) else { throw .lengthOutOfRange(n) }
    }
}

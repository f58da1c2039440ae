/// The sizes that a made workload can have.
public enum WorkloadLimits {
    /// Keys at the start; the machine's memory is often the nearer limit.
    public static let length = 0...(1 << 30)
    /// d.
    public static let dimension = 1...256
    /// dv of a trace: what the kernels have room for. Its d is ``dimension``, as that of made keys.
    public static let valueDimension = 1...1024
    /// What scores are divided by: float32 holds queries, keys and their products.
    public static let temperature = 1e-30...1e30

    static func check(n: Int, d: Int) throws(WorkloadError) {
        guard dimension.contains(d) else { throw .dimensionOutOfRange(d) }
        guard length.contains(n) else { throw .lengthOutOfRange(n) }
    }
}

import Foundation

/// Empties the caches by reading a buffer of twice the last-level cache, at least 128 MB.
public final class ColdCaches {
    private let buffer: [UInt64]
    /// Keeps the compiler from leaving the reads out.
    public private(set) var sum: UInt64 = 0

    /// Bytes of the buffer.
    public static var bytes: Int { max(128 << 20, 2 * Int(sysconf(Int32(_SC_LEVEL3_CACHE_SIZE)))) }

    public init() { buffer = [UInt64](repeating: 1, count: Self.bytes / 8) }

    /// - Complexity: one pass over the buffer.
    public func empty() {
        buffer.withUnsafeBufferPointer { words in
            var total: UInt64 = 0
            for i in stride(from: 0, to: words.count, by: 8) { total &+= words[i] }
            sum &+= total
        }
    }
}

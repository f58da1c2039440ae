import Foundation

/// Progress on stderr when a person watches.
enum BenchProgress {
    private static let watched = isatty(STDERR_FILENO) == 1

    static func show(_ text: String) {
        guard watched else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[K\(text)".utf8))
    }

    static func clear() { show("") }
}

/// Microseconds that a call takes.
func microseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1000
}

/// The time that this thread has computed: what a call takes where nothing else runs.
enum ThreadClock {
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Sorted measurements of one thing.
struct Samples {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    /// The value below which a share of the samples lies.
    func quantile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int((share * Double(sorted.count - 1)).rounded()))]
    }

    var median: Double { quantile(0.5) }
    var mean: Double { sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count) }
    var largest: Double { sorted.last ?? 0 }
}

/// Empties the caches by reading a buffer of twice the last-level cache, at least 128 MB.
final class ColdCaches {
    private let buffer: [UInt64]
    private(set) var sum: UInt64 = 0

    init() {
        let cache = sysconf(Int32(_SC_LEVEL3_CACHE_SIZE))
        let bytes = max(128 << 20, 2 * Int(cache))
        buffer = [UInt64](repeating: 1, count: bytes / 8)
    }

    func empty() {
        buffer.withUnsafeBufferPointer { words in
            var total: UInt64 = 0
            for i in stride(from: 0, to: words.count, by: 8) { total &+= words[i] }
            sum &+= total
        }
    }
}

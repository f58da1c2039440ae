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

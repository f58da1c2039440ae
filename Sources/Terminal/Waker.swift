import CSignals

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Wakes the thread that waits for input; to be called from any thread.
public struct Waker: Sendable {
    let descriptor: Int32

    /// Makes ``Terminal/events(within:)`` return now, or the next time at once.
    ///
    /// A full pipe is as good: the reader has not looked yet.
    public func wake() {
        var byte: UInt8 = 0
        _ = write(descriptor, &byte, 1)
    }
}

/// The pipe through which signals and other threads speak to the main loop. It lives as long as the process, so a waker
/// that outlives its terminal is harmless.
struct WakePipe: Sendable {
    let readEnd: Int32
    let writeEnd: Int32

    static let shared: WakePipe? = {
        var (readEnd, writeEnd): (Int32, Int32) = (-1, -1)
        return cs_pipe(&readEnd, &writeEnd) == 0 ? WakePipe(readEnd: readEnd, writeEnd: writeEnd) : nil
    }()

    /// What has come since: numbers of signals, in order, and 0 for a wake.
    func drain() -> [Int32] {
        var notes: [Int32] = []
        var bytes = [UInt8](repeating: 0, count: 256)
        while true {
            let count = bytes.withUnsafeMutableBytes { read(readEnd, $0.baseAddress, $0.count) }
            guard count > 0 else { return notes }
            notes += bytes[..<count].map { Int32($0) }
        }
    }
}

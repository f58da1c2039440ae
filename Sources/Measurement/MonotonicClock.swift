#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The clock by which everything is timed: it never goes back, and no change of the date moves it.
public enum MonotonicClock {
    /// Nanoseconds since some fixed moment.
    public static var nanoseconds: UInt64 { read(CLOCK_MONOTONIC) }

    /// Seconds since the same moment: for deadlines and paces. A ``Stopwatch`` measures short times.
    public static var seconds: Double { Double(nanoseconds) * 1e-9 }

    fileprivate static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Processor time of the calling thread: what a call takes where nothing else runs.
public enum ThreadClock {
    /// Nanoseconds that the thread has computed.
    public static var nanoseconds: UInt64 { MonotonicClock.read(CLOCK_THREAD_CPUTIME_ID) }

    /// Seconds that the thread has computed.
    public static var seconds: Double { Double(nanoseconds) * 1e-9 }
}

/// Time since it was made.
public struct Stopwatch: Sendable {
    private let start = MonotonicClock.nanoseconds

    public init() {}

    /// Seconds so far.
    public var seconds: Double { Double(MonotonicClock.nanoseconds - start) * 1e-9 }

    /// Microseconds so far.
    public var microseconds: Double { Double(MonotonicClock.nanoseconds - start) * 1e-3 }

    /// Microseconds that a call takes.
    public static func microseconds(_ body: () throws -> Void) rethrows -> Double {
        let watch = Stopwatch()
        try body()
        return watch.microseconds
    }
}

import Foundation

/// A thread of its own that does one job after another behind whatever else runs: handing it one costs a fraction of a
/// microsecond while it is awake, and on a busy machine it gives way.
final class BuildWorker: @unchecked Sendable {
    /// Long builds do not hold up the short ones that come after them.
    static let long = BuildWorker(name: "halfspace.merge")
    static let short = BuildWorker(name: "halfspace.block")

    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var isAsleep = false
    private var isRunning = false

    /// Waking a thread takes tens of microseconds on some machines: as long as jobs keep coming it looks for them itself.
    private static let glance = 0.002
    private static let patience = 500

    private init(name: String) {
        isRunning = DetachedThread.start(named: name, stack: 1 << 20) { [self] in work() }
    }

    /// Adds a job at the end of the line.
    func submit(_ job: @escaping @Sendable () -> Void) {
        // No thread was to be had: who asks does it.
        guard isRunning else { return job() }
        condition.lock()
        jobs.append(job)
        if isAsleep { condition.signal() }
        condition.unlock()
    }

    private func work() {
        #if os(Linux)
            // Of this thread alone.
            _ = nice(10)
        #endif
        while true { next()() }
    }

    private func next() -> @Sendable () -> Void {
        condition.lock()
        defer { condition.unlock() }
        var glances = 0
        while jobs.isEmpty {
            guard glances == Self.patience else {
                glances += 1
                condition.unlock()
                Thread.sleep(forTimeInterval: Self.glance)
                condition.lock()
                continue
            }
            isAsleep = true
            condition.wait()
            isAsleep = false
        }
        return jobs.removeFirst()
    }
}

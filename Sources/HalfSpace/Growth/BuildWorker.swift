import Foundation

/// A thread of its own that does one job after another behind whatever else runs: handing it one costs a few microseconds,
/// and on a busy machine it gives way.
final class BuildWorker: @unchecked Sendable {
    /// Long builds do not hold up the short ones that come after them.
    static let long = BuildWorker(name: "halfspace.merge")
    static let short = BuildWorker(name: "halfspace.block")

    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []

    private init(name: String) {
        let thread = Thread { [self] in work() }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Adds a job at the end of the line.
    func submit(_ job: @escaping @Sendable () -> Void) {
        condition.lock()
        jobs.append(job)
        condition.signal()
        condition.unlock()
    }

    private func work() {
        #if os(Linux)
            // Of this thread alone.
            _ = nice(10)
        #endif
        while true {
            condition.lock()
            while jobs.isEmpty { condition.wait() }
            let job = jobs.removeFirst()
            condition.unlock()
            job()
        }
    }
}

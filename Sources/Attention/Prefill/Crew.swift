import Foundation
import HalfSpace

/// Workers that share a list of tasks: every core, one task at a time each, stopped by the first error.
package final class Crew: @unchecked Sendable {
    package let workers: Int
    private let lock = NSLock()
    private var failure: (any Error)?

    package init(threads: Int?) { workers = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount) }

    /// Runs tasks 0 ..< count in that order; each worker makes its own scratch once. `done` is called after each task,
    /// one call at a time.
    package func run<Scratch>(
        _ count: Int, scratch: @escaping @Sendable () -> Scratch,
        task: @escaping @Sendable (Int, Scratch) throws -> Void,
        done: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) throws {
        guard count > 0 else { return }
        failure = nil
        let next = Counter()
        let work: @Sendable (Int) -> Void = { _ in
            let scratch = scratch()
            while true {
                let index = self.lock.withLock { self.failure == nil ? next.take() : count }
                guard index < count else { return }
                do {
                    try task(index, scratch)
                    try self.lock.withLock { try done(index) }
                } catch {
                    self.lock.withLock { self.failure = self.failure ?? error }
                }
            }
        }
        if workers == 1 || count == 1 {
            work(0)
        } else {
            ParallelLoop.run(min(workers, count), work)
        }
        if let failure { throw failure }
    }

    /// Used under the lock.
    private final class Counter: @unchecked Sendable {
        private var value = 0
        func take() -> Int {
            value += 1
            return value - 1
        }
    }
}

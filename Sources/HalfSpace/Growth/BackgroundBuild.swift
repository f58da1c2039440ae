import Foundation

/// An index being built beside the stream; it can be asked for, and stopped.
final class BackgroundBuild: @unchecked Sendable {
    private enum State { case waiting, running, ended }

    private let condition = NSCondition()
    private var state = State.waiting
    private var result: (any StaticIndex)?
    private var cancelled = false

    /// Starts, behind other builds that are as long; `make` is given a progress that throws once the build is cancelled.
    init(
        isLong: Bool, _ make: @escaping @Sendable (_ progress: @escaping BuildProgress) throws -> any StaticIndex
    ) {
        (isLong ? BuildWorker.long : .short).submit { [self] in
            guard begin() else { return }
            end(try? make { [self] _ in if isCancelled { throw CancellationError() } })
        }
    }

    /// Makes the threads that build, so that the first build does not.
    static func prepare() { _ = (BuildWorker.long, BuildWorker.short) }

    /// Lets go of indexes elsewhere: giving large memory back takes time.
    static func release(_ indexes: [any StaticIndex]) {
        guard !indexes.isEmpty else { return }
        BuildWorker.short.submit { withExtendedLifetime(indexes) {} }
    }

    private func begin() -> Bool {
        locked {
            guard state == .waiting else { return false }
            state = .running
            return true
        }
    }

    private func end(_ made: (any StaticIndex)?) {
        locked {
            result = made
            state = .ended
            condition.broadcast()
        }
    }

    private var isCancelled: Bool { locked { cancelled } }

    /// Whether it ended, by success or not.
    var isOver: Bool { locked { state == .ended } }

    /// The index, once it is built; nil before, and if it could not be built.
    var index: (any StaticIndex)? { locked { result } }

    /// Returns once it is over.
    func wait() {
        locked { while state != .ended { condition.wait() } }
    }

    /// Stops and returns once nothing is read any more: at once where it has not begun.
    func cancel() {
        locked {
            cancelled = true
            if state == .waiting { state = .ended }
            while state != .ended { condition.wait() }
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }
}

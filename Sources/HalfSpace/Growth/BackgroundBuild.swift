import Foundation

/// An index being built beside the stream; it can be asked for, and stopped.
final class BackgroundBuild: @unchecked Sendable {
    private enum State { case waiting, running, ended }

    private let condition = NSCondition()
    private var state = State.waiting
    private var result: PreparedIndex?
    private var cancelled = false

    /// Starts, behind other builds that are as long; `make` is given a progress that throws once the build is cancelled.
    init(
        isLong: Bool, _ make: @escaping @Sendable (_ progress: @escaping BuildProgress) throws -> any StaticIndex
    ) {
        (isLong ? BuildWorker.long : .short).submit { [self] in
            guard begin() else { return }
            end(try? PreparedIndex(make { [self] _ in if isCancelled { throw CancellationError() } }))
        }
    }

    /// Makes the threads that build, and has each run once, so that no append waits for what is done the first time.
    static func prepare() { prepared }
    private static let prepared: Void = {
        for isLong in [true, false] { BackgroundBuild(isLong: isLong) { _ in throw CancellationError() }.wait() }
    }()

    /// Lets go of indexes elsewhere: giving large memory back takes time.
    static func release(_ indexes: [PreparedIndex]) {
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

    private func end(_ made: PreparedIndex?) {
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
    var index: PreparedIndex? { locked { result } }

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

import Dispatch
import Foundation

/// An index being built beside the stream; it can be asked for, and stopped.
final class BackgroundBuild: @unchecked Sendable {
    private let lock = NSLock()
    private let done = DispatchGroup()
    private var result: (any StaticIndex)?
    private var ended = false
    private var cancelled = false

    /// Several builds may run at once: a long one does not hold up the short ones that come after it.
    private static let queue = DispatchQueue(
        label: "halfspace.merge", qos: .utility, attributes: .concurrent)

    /// Starts; `make` is given a progress that throws once the build is cancelled.
    init(_ make: @escaping @Sendable (_ progress: @escaping BuildProgress) throws -> any StaticIndex) {
        done.enter()
        Self.queue.async {
            let made = try? make { _ in
                if self.lock.withLock({ self.cancelled }) { throw CancellationError() }
            }
            self.lock.withLock {
                self.result = made
                self.ended = true
            }
            self.done.leave()
        }
    }

    /// Lets go of indexes elsewhere: giving large memory back takes time.
    static func release(_ indexes: [any StaticIndex]) {
        guard !indexes.isEmpty else { return }
        queue.async { withExtendedLifetime(indexes) {} }
    }

    /// Whether it ended, by success or not.
    var isOver: Bool { lock.withLock { ended } }

    /// The index, once it is built; nil before, and if it could not be built.
    var index: (any StaticIndex)? { lock.withLock { result } }

    /// Returns once it is over.
    func wait() { done.wait() }

    /// Stops and returns once nothing is read any more.
    func cancel() {
        lock.withLock { cancelled = true }
        done.wait()
    }
}

import Foundation
import Synchronization

/// Loops whose turns any thread may take.
///
/// The caller works as well, so a loop ends wherever no thread is to be had; Dispatch's `concurrentPerform` waits for one for
/// ever there. Threads are made at need, one a core at most with the caller's, and kept.
package enum ParallelLoop {
    /// Calls `body` for 0 ..< count on the caller's thread and on those that are free, and returns when all are done.
    package static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        guard count > 1, Helpers.most > 0 else {
            for turn in 0..<max(0, count) { body(turn) }
            return
        }
        Helpers.shared.run(Loop(count: count, body: body))
    }
}

/// A loop under way.
private final class Loop: Sendable {
    let count: Int
    private let body: @Sendable (Int) -> Void
    private let next = Atomic<Int>(0)

    init(count: Int, body: @escaping @Sendable (Int) -> Void) { (self.count, self.body) = (count, body) }

    /// Takes turns until none is left.
    func work() {
        while case let turn = next.add(1, ordering: .relaxed).oldValue, turn < count { body(turn) }
    }
}

/// The threads that help with loops.
private final class Helpers: @unchecked Sendable {
    static let shared = Helpers()
    static let most = ProcessInfo.processInfo.activeProcessorCount - 1

    /// A loop that asks for help. All of it is guarded by the condition.
    private final class Request {
        let loop: Loop
        var wanted: Int
        var inside = 0
        init(_ loop: Loop, wanted: Int) { (self.loop, self.wanted) = (loop, wanted) }
    }

    private let condition = NSCondition()
    private var requests: [Request] = []
    private var threads = 0
    private var idle = 0

    func run(_ loop: Loop) {
        let request = Request(loop, wanted: min(loop.count - 1, Self.most))
        condition.lock()
        requests.append(request)
        addThreads(for: request.wanted)
        condition.broadcast()
        condition.unlock()
        loop.work()
        condition.lock()
        requests.removeAll { $0 === request }
        while request.inside > 0 { condition.wait() }
        condition.unlock()
    }

    /// A thread inherits how nice its maker is and could not become less so: those that stand back make none.
    private func addThreads(for wanted: Int) {
        guard idle < wanted, threads < Self.most, !isNice else { return }
        for _ in idle..<min(wanted, idle + Self.most - threads) {
            guard DetachedThread.start(named: "halfspace.help", stack: 8 << 20, { [self] in serve() }) else { return }
            threads += 1
            idle += 1
        }
    }

    private var isNice: Bool {
        #if os(Linux)
            let which = Int32(PRIO_PROCESS.rawValue)
            return getpriority(which, 0) > getpriority(which, id_t(getpid()))
        #else
            return false
        #endif
    }

    private func serve() {
        condition.lock()
        while true {
            guard let request = requests.last else {
                condition.wait()
                continue
            }
            request.wanted -= 1
            request.inside += 1
            if request.wanted == 0 { requests.removeAll { $0 === request } }
            idle -= 1
            condition.unlock()
            request.loop.work()
            condition.lock()
            idle += 1
            request.inside -= 1
            if request.inside == 0 { condition.broadcast() }
        }
    }
}

import Foundation
import HalfSpace
import Synchronization

/// Threads that are kept, for work of microseconds: they look for it a while before they sleep, and none is made while a token or a
/// step is computed. One thread at a time hands out work.
package final class Team: @unchecked Sendable {
    /// The threads that work, with the one that hands out.
    package let workers: Int
    private let board = Board()

    /// What the threads share; it outlives the team until the last has gone.
    private final class Board: @unchecked Sendable {
        /// Round in the upper half, tasks of it and the next one to take in the lower: whoever takes a task by exchanging the whole
        /// knows that the round is still on, since it ends when all of its tasks are done.
        let ticket = Atomic<UInt64>(0)
        let done = Atomic<Int>(0)
        let sleepers = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        let wake = DispatchSemaphore(value: 0)
        /// Written between rounds only.
        var task: (Int) -> Void = { _ in }

        static let most = 0xFFFF

        /// Takes tasks of the round under way until none is left.
        func work() {
            while true {
                let now = ticket.load(ordering: .acquiring)
                let (next, count) = (Int(now & 0xFFFF), Int((now >> 16) & 0xFFFF))
                guard next < count else { return }
                guard
                    ticket.compareExchange(expected: now, desired: now + 1, ordering: .acquiringAndReleasing)
                        .exchanged
                else { continue }
                task(next)
                done.add(1, ordering: .releasing)
            }
        }

        var hasWork: Bool {
            let now = ticket.load(ordering: .acquiring)
            return now & 0xFFFF < (now >> 16) & 0xFFFF
        }

        func serve() {
            while true {
                var looked = 0
                while !hasWork, looked < Team.looks, !isOver.load(ordering: .relaxed) {
                    looked += 1
                    if looked % 64 == 0 { sched_yield() }
                }
                if hasWork { work() }
                if isOver.load(ordering: .acquiring) { return }
                guard looked == Team.looks else { continue }
                sleepers.add(1, ordering: .sequentiallyConsistent)
                // Work that came before this thread was counted as asleep.
                if hasWork || isOver.load(ordering: .sequentiallyConsistent) {
                    if takeBack() { continue }
                }
                wake.wait()
            }
        }

        /// Whether a sleeper could be struck off; otherwise somebody woke it already.
        func takeBack() -> Bool {
            while true {
                let now = sleepers.load(ordering: .sequentiallyConsistent)
                guard now > 0 else { return false }
                if sleepers.compareExchange(
                    expected: now, desired: now - 1, ordering: .sequentiallyConsistent
                ).exchanged {
                    return true
                }
            }
        }

        func wakeAll() { while takeBack() { wake.signal() } }
    }

    /// Looks for work before a thread sleeps: some tens of microseconds.
    private static let looks = 20_000

    /// Makes the threads; fewer where the system has none to give.
    package init(workers: Int?) {
        let wanted = max(1, workers ?? ProcessInfo.processInfo.activeProcessorCount)
        var made = 1
        for _ in 1..<max(wanted, 1) {
            let board = board
            if DetachedThread.start(named: "halfspace.heads", stack: 1 << 20, { board.serve() }) {
                made += 1
            }
        }
        self.workers = made
    }

    deinit {
        board.isOver.store(true, ordering: .sequentiallyConsistent)
        board.wakeAll()
    }

    /// Calls tasks 0 ..< count on all threads and returns when all are done.
    package func run(_ count: Int, _ task: @escaping (Int) -> Void) {
        guard workers > 1, count > 1, count <= Board.most else {
            for i in 0..<count { task(i) }
            return
        }
        board.task = task
        board.done.store(0, ordering: .relaxed)
        let round = (board.ticket.load(ordering: .relaxed) >> 32) &+ 1
        board.ticket.store(round << 32 | UInt64(count) << 16, ordering: .sequentiallyConsistent)
        if board.sleepers.load(ordering: .sequentiallyConsistent) > 0 { board.wakeAll() }
        board.work()
        var looked = 0
        while board.done.load(ordering: .acquiring) < count {
            looked += 1
            // The other thread may have lost its core in the middle of a task.
            if looked % 256 == 0 { sched_yield() }
        }
        board.task = { _ in }
    }
}

import Foundation
import HalfSpace
import Synchronization

/// The threads that the engine starts: its own, and those that build, observe and prefill.
public enum EngineThreads {
    fileprivate struct Care: Sendable {
        var first, last: @Sendable () -> Void
    }

    private static let care = Mutex(Care(first: {}, last: {}))

    /// Makes every thread that is started from now on call `first` before its work, where crashes are made ready for, and
    /// `last` behind it, where memory can be given back.
    public static func surround(first: @escaping @Sendable () -> Void, last: @escaping @Sendable () -> Void) {
        care.withLock { $0 = Care(first: first, last: last) }
    }

    fileprivate static var current: Care { care.withLock { $0 } }
}

/// The system gives no more threads; prints itself as one sentence.
struct NoThread: Error, CustomStringConvertible {
    let description =
        "the system starts no more threads: close other programs, or raise the limit of processes (ulimit -u) or of memory"
}

/// Starts a thread that signals never interrupt: the terminal's handlers run on the main thread alone.
///
/// - Throws: ``NoThread``.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(NoThread) {
    let care = EngineThreads.current
    let isStarted = DetachedThread.start(named: name, stack: 8 << 20) {
        var blocked = sigset_t()
        sigfillset(&blocked)
        // Crashes belong to the thread that has them.
        for signal in [SIGILL, SIGSEGV, SIGABRT, SIGBUS, SIGTRAP, SIGFPE, SIGSYS] { sigdelset(&blocked, signal) }
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        care.first()
        body()
        care.last()
    }
    guard isStarted else { throw NoThread() }
}

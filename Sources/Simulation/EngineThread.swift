import Foundation
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

/// A thread that signals never interrupt: the terminal's handlers run on the main thread alone.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let care = EngineThreads.current
    let thread = Thread {
        var blocked = sigset_t()
        sigemptyset(&blocked)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH, SIGQUIT] { sigaddset(&blocked, signal) }
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        care.first()
        body()
        care.last()
    }
    thread.name = name
    thread.stackSize = 8 << 20
    thread.start()
}

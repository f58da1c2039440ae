import Foundation

/// A thread that signals never interrupt: the terminal's handlers run on the main thread alone.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread {
        var blocked = sigset_t()
        sigemptyset(&blocked)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH, SIGQUIT] { sigaddset(&blocked, signal) }
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        body()
    }
    thread.name = name
    thread.stackSize = 8 << 20
    thread.start()
}

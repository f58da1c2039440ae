import CSignals
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How the C library keeps freed memory.
public enum Heap {
    /// Makes large blocks go back to the system when they are freed; to be called before there are other threads.
    ///
    /// The GNU library raises the size from which it does so by itself, up to 32 MiB. Keys and indexes that come and go
    /// with every change of a parameter then stay in a heap that breaks into pieces: over a day it grows without end.
    public static func returnLargeBlocks() {
        cs_return_large_blocks()
    }

    /// Gives back the pages of small blocks that were freed, a second from now and on the calling thread: to be called at
    /// the end of one that made much that others free. Calls while one waits do nothing.
    ///
    /// Every thread has a heap of its own, which the library only ever shortens at its end: what lies below a block that
    /// stays is kept for ever.
    @Sendable public static func giveBack() {
        guard !isWaiting.exchange(true, ordering: .relaxed) else { return }
        sleep(1)
        isWaiting.store(false, ordering: .relaxed)
        cs_give_back_heap()
    }

    private static let isWaiting = Atomic(false)
}

import CSignals

/// How the C library keeps freed memory.
public enum Heap {
    /// Makes large blocks go back to the system when they are freed; to be called before there are other threads.
    ///
    /// The GNU library raises the size from which it does so by itself, up to 32 MiB. Keys and indexes that come and go
    /// with every change of a parameter then stay in a heap that breaks into pieces: over a day it grows without end.
    public static func returnLargeBlocks() {
        cs_return_large_blocks()
    }
}

import Foundation

/// Threads of the system, which say when there is none to be had: Foundation's own fail without a word, and what waits for
/// them waits for ever.
package enum DetachedThread {
    /// Starts a thread that ends by itself. Whether there was one to be had.
    /// - Parameter stack: Bytes of its stack.
    package static func start(named name: String, stack: Int, _ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stack)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(
            Work {
                Thread.current.name = name
                body()
            })
        #if os(Linux)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        guard pthread_create(&thread, &attributes, runWork, work.toOpaque()) == 0 else {
            work.release()
            return false
        }
        return true
    }

    fileprivate final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<DetachedThread.Work>.fromOpaque(context).takeRetainedValue().body()
    return nil
}

import CSignals
import Measurement

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Bytes on their way to the terminal, so that nobody waits for one that takes none: a slow line, a stopped window.
///
/// ncurses writes into a file in memory; what it wrote is collected and sent as the terminal takes it, through a
/// descriptor of its own that does not block. The one of the shell is left as it is: the shell shares its modes.
final class OutputQueue {
    /// Where ncurses writes; the terminal itself where files may not grow, in memory either.
    let store: Int32
    private let isDirect: Bool
    /// Bytes collected since the start.
    private(set) var collected = 0
    /// Where they go, for `poll`.
    let descriptor: Int32
    private let ownsDescriptor: Bool
    private var pending: [UInt8] = []
    private var sent = 0

    /// - Throws: ``TerminalError``.
    init(terminal: Int32) throws {
        isDirect = cs_files_may_grow() == 0
        store = isDirect ? dup(terminal) : cs_scratch_file()
        guard store >= 0 else { throw TerminalError.cannotOpen(String(cString: strerror(errno))) }
        let own = isDirect ? -1 : cs_open_again(terminal)
        (descriptor, ownsDescriptor) = own >= 0 ? (own, true) : (terminal, false)
    }

    deinit {
        closeDescriptor(store)
        if ownsDescriptor { closeDescriptor(descriptor) }
    }

    var isIdle: Bool { pending.isEmpty }

    /// Adds bytes behind all that came before.
    func append(_ text: String) {
        pending += Array(text.utf8)
        collected += text.utf8.count
        // What ncurses writes next must not overtake it.
        if isDirect { push(for: 1) }
    }

    /// Takes what ncurses wrote since the last call.
    func collect() {
        guard !isDirect else { return }
        let end = Int(lseek(store, 0, SEEK_CUR))
        guard end > 0 else { return }
        var part = [UInt8](repeating: 0, count: end)
        let count = part.withUnsafeMutableBytes { pread(store, $0.baseAddress, $0.count, 0) }
        if count > 0 {
            pending += part[..<count]
            collected += count
        }
        lseek(store, 0, SEEK_SET)
        _ = ftruncate(store, 0)
    }

    /// Sends as much as the terminal takes now. Whether nothing is left.
    @discardableResult
    func push() -> Bool {
        while sent < pending.count {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 0) > 0, ready.revents & Int16(POLLOUT) != 0 else { return false }
            // A descriptor that blocks takes a little without blocking, once it says so.
            let most = ownsDescriptor ? pending.count - sent : min(256, pending.count - sent)
            let done = pending.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: sent), most) }
            if done < 0 && errno == EINTR { continue }
            guard done > 0 else {
                // A terminal that is gone takes nothing ever again: the next read says so.
                if done < 0 && errno != EAGAIN { discard() }
                return pending.isEmpty
            }
            sent += done
        }
        discard()
        return true
    }

    /// Sends everything, for at most so long. Whether nothing is left.
    @discardableResult
    func push(for seconds: Double) -> Bool {
        let end = MonotonicClock.seconds + seconds
        while !push() {
            guard MonotonicClock.seconds < end else { return false }
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&ready, 1, 20)
        }
        return true
    }

    /// Forgets what was not sent.
    func discard() {
        pending.removeAll(keepingCapacity: true)
        sent = 0
    }
}

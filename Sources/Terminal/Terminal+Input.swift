import CNcurses
import CSignals
import Measurement
import Screen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Terminal {
    /// In cells.
    public var width: Int { size.width }
    public var height: Int { size.height }

    /// Waits until there is input, a signal or a call of the ``waker``, or the time is over, and returns what there is.
    ///
    /// An empty answer means the time is over or somebody woke it.
    /// - Parameter seconds: nil waits for ever.
    public func events(within seconds: Double?) -> [InputEvent] {
        guard isOpen else { return [.closed] }
        if !pending.isEmpty {
            defer { pending = [] }
            return pending
        }
        let end = seconds.map { MonotonicClock.seconds + $0 }
        while true {
            let left = end.map { max(0, $0 - MonotonicClock.seconds) }
            let (events, isOver) = wait(left)
            if !events.isEmpty || isOver { return events }
        }
    }

    /// Waits so many seconds for one thing to happen; `isOver` when the time is over or somebody woke us.
    private func wait(_ left: Double?) -> (events: [InputEvent], isOver: Bool) {
        let isBusy = queue.map { !$0.isIdle } ?? false
        var waiting = [
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isBusy ? queue?.descriptor ?? -1 : -1, events: Int16(POLLOUT), revents: 0),
        ]
        // Half a sequence is not waited for long, and a parent that dies tells nobody.
        if isOrphan { return ([.closed], true) }
        var most: Double = isHeadless ? 100_000 : 1
        if let patience = decoder.patience {
            most = Double(patience) * 1e-3 - (MonotonicClock.seconds - openSince)
            guard most > 0 else { return (decoder.expire(), false) }
        }
        let count = poll(&waiting, 3, Self.milliseconds(min(most, left ?? most)))
        guard count > 0 else { return ([], count < 0 || left.map { $0 <= most } ?? false) }
        var events: [InputEvent] = []
        if waiting[1].revents != 0 { events += handle(pipe.drain()) }
        if waiting[2].revents != 0, let queue, queue.push(), let newest = self.waiting { draw(newest) }
        let state = Int32(waiting[0].revents)
        if state & POLLIN != 0 {
            guard let bytes = readBytes() else { return (events + [.closed], true) }
            let wasOpen = decoder.patience != nil
            let found = decoder.events(bytes)
            // Half a sequence that grows is half a sequence since it began; a paste may be long.
            if !wasOpen || !found.isEmpty || decoder.isPasting { openSince = MonotonicClock.seconds }
            events += found
            if decoder.sawAttributes { owesAnswer = false }
        } else if state & (POLLHUP | POLLERR | POLLNVAL) != 0 {
            events.append(.closed)
        }
        return (events, waiting[1].revents != 0)
    }

    /// The parent was killed and the shell above it has the terminal again: no signal says so. Who ignores SIGHUP, as
    /// nohup makes a program do, outlives its parent.
    private var isOrphan: Bool {
        !isHeadless && getppid() != parent && cs_ignores_hangup() == 0
    }

    /// What there is to read; nil at the end of it.
    func readBytes() -> [UInt8]? {
        // A paste of a whole book is read in parts, so that the screen goes on.
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
        if count > 0 { return Array(bytes[..<count]) }
        return count < 0 && (errno == EINTR || errno == EAGAIN) ? [] : nil
    }

    /// For poll(2). Rounded up: a wait of half a millisecond must not become a busy loop.
    static func milliseconds(_ seconds: Double) -> Int32 {
        Int32(max(0, min(seconds, 1e6) * 1e3).rounded(.up))
    }

    /// What signals ask for; several changes of size at once become one.
    private func handle(_ notes: [Int32]) -> [InputEvent] {
        var events: [InputEvent] = []
        var resized = false
        for note in notes {
            switch note {
            case SIGWINCH: resized = true
            case SIGTSTP: suspend()
            case SIGCONT: resume()
            // A wake.
            case 0: break
            default:
                endingSignal = endingSignal ?? note
                events.append(.closed)
            }
        }
        if resized { events.append(resize()) }
        defer { pending = [] }
        return pending + events
    }

    private func resize() -> InputEvent {
        var (columns, rows): (Int32, Int32) = (0, 0)
        // A serial line says 0×0: keep what there was.
        if cs_size(output, &columns, &rows) == 0 && columns > 0 && rows > 0 {
            resizeterm(rows, columns)
        }
        invalidate()
        return .resized(width: size.width, height: size.height)
    }

    /// Gives the terminal to the shell until the job goes on; the next events say that it did.
    public func suspend() {
        guard isOpen, !isHeadless else { return }
        away { cs_stop() }
        // The signal that woke us is also in the pipe, with nothing left to do for it.
        let notes = pipe.drain().filter { $0 != SIGCONT && $0 != SIGTSTP }
        pending += handle(notes)
    }

    /// After a stop that nobody announced (SIGSTOP), the shell has had the terminal.
    private func resume() {
        away {}
    }

    /// Leaves the screen, does something, and comes back: what ncurses sent before is void, and the line's mode was the
    /// shell's. The window may have another size by now.
    private func away(_ body: () -> Void) {
        queue?.push(for: 0.5)
        leaveScreen()
        queue?.push(for: 0.5)
        setMode(modes.cooked)
        body()
        setMode(modes.raw)
        queue?.append(Self.pasteOn + (isMouseOn ? Self.mouseOn : ""))
        invalidate()
        flush()
        pending += [.resumed, resize()]
    }
}

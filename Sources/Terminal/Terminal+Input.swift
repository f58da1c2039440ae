import CNcurses
import CSignals
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

    /// ``waitForInput(timeout:)`` with a time in seconds.
    public func events(within seconds: Double?) -> [InputEvent] {
        waitForInput(timeout: seconds.map { .seconds(max(0, min($0, 1e6))) })
    }

    /// Waits until there is input, a signal or a call of the ``waker``, or the time is over, and returns what there is.
    ///
    /// An empty answer means the time is over or somebody woke it. nil waits for ever.
    public func waitForInput(timeout: Duration?) -> [InputEvent] {
        guard isOpen else { return [.closed] }
        if !pending.isEmpty {
            defer { pending = [] }
            return pending
        }
        var waiting = [
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pipe.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = timeout.map { Self.milliseconds($0) } ?? -1
        guard poll(&waiting, 2, milliseconds) > 0 else { return [] }
        var events: [InputEvent] = []
        if waiting[1].revents != 0 { events += handle(pipe.drain()) }
        let state = Int32(waiting[0].revents)
        if state & POLLIN != 0 {
            let read = readKeys()
            events += read
            if read.isEmpty { events += whetherGone() } else { emptyReads = 0 }
        } else if state & (POLLHUP | POLLERR | POLLNVAL) != 0 {
            events.append(.closed)
        }
        return events
    }

    private static func milliseconds(_ time: Duration) -> Int32 {
        let (seconds, attoseconds) = time.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        // Rounded up: a wait of half a millisecond must not become a busy loop.
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: min(seconds, 1_000_000) * 1000 + fraction)
    }

    /// Input that is ready but empty is the end of it; half an escape sequence looks the same for a moment.
    private func whetherGone() -> [InputEvent] {
        guard cs_readable(input) <= 0 else { return [] }
        emptyReads += 1
        return emptyReads > 2 ? [.closed] : []
    }

    private func readKeys() -> [InputEvent] {
        var codes: [KeyDecoder.Code] = []
        var value: wint_t = 0
        // A paste of a whole book is read in parts, so that the screen goes on.
        while codes.count < 4096 {
            let kind = wget_wch(hs_stdscr(), &value)
            if kind == OK {
                codes.append(.character(UInt32(value)))
            } else if kind == Int32(KEY_CODE_YES) {
                let code = Int32(bitPattern: value)
                if code == KEY_MOUSE {
                    if let event = readMouse() { codes.append(.mouse(event)) }
                } else if code != KEY_RESIZE {
                    codes.append(.function(code, name: keyname(code).map { String(cString: $0) } ?? ""))
                }
            } else {
                break
            }
        }
        return KeyDecoder().events(codes)
    }

    private func readMouse() -> MouseEvent? {
        var event = MEVENT()
        guard getmouse(&event) == OK else { return nil }
        var button: Int32 = 0
        let action = hs_mouse_action(event.bstate, &button)
        let (x, y) = (Int(event.x), Int(event.y))
        switch (action, button) {
        case (1, 4): return MouseEvent(kind: .wheelUp, x: x, y: y)
        case (1, 5): return MouseEvent(kind: .wheelDown, x: x, y: y)
        case (1, 1...3), (3, 1...3): return MouseEvent(kind: .press, x: x, y: y)
        case (2, 1...3): return MouseEvent(kind: .release, x: x, y: y)
        case (0, _) where event.bstate & hs_mouse_motion() != 0: return MouseEvent(kind: .drag, x: x, y: y)
        default: return nil
        }
    }

    /// What signals ask for; several changes of size at once become one.
    private func handle(_ notes: [Int32]) -> [InputEvent] {
        var events: [InputEvent] = []
        var resized = false
        for note in notes {
            switch note {
            case SIGTERM, SIGHUP, SIGINT:
                endingSignal = endingSignal ?? note
                events.append(.closed)
            case SIGWINCH: resized = true
            case SIGTSTP: suspend()
            case SIGCONT: resume()
            default: break
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
        let mouse = isMouseOn
        setMouse(false)
        endwin()
        body()
        reset_prog_mode()
        invalidate()
        flush()
        setMouse(mouse)
        pending += [.resumed, resize()]
    }
}

import Foundation

/// The talk's end of the speaker's screen: whoever of the same person connects is told where the talk stands.
public final class SpeakerServer {
    private let descriptor: Int32
    private let path: String
    private var clients: [Int32] = []
    private var last: SpeakerNote?

    /// Screens that may follow at once.
    private static let most = 8

    /// Opens the socket of a demo; nil where none can be, or another talk of the name holds it: the talk goes on without.
    /// - Parameter demo: Its name.
    public init?(demo: String) {
        guard let path = try? TalkSocket.path(of: demo), !Self.isAnswered(path), let descriptor = TalkSocket.open()
        else {
            return nil
        }
        // What a talk that was killed left behind.
        unlink(path)
        // Nobody else may connect, from the first moment on.
        let mask = umask(0o177)
        let isBound = TalkSocket.withAddress(path) { bind(descriptor, $0, $1) } == 0
        umask(mask)
        guard isBound, listen(descriptor, Int32(Self.most)) == 0 else {
            close(descriptor)
            return nil
        }
        (self.descriptor, self.path) = (descriptor, path)
    }

    deinit {
        for client in clients { close(client) }
        close(descriptor)
        unlink(path)
    }

    private static func isAnswered(_ path: String) -> Bool {
        guard let probe = TalkSocket.open() else { return false }
        defer { close(probe) }
        return TalkSocket.withAddress(path) { connect(probe, $0, $1) } == 0
    }

    /// Tells where the talk stands, if that is news; takes in who came since.
    /// - Parameter state: The state of the talk's dashboard.
    public func tell(_ state: DashboardState) {
        guard let note = SpeakerNote(state) else { return }
        let line = note.line
        while clients.count < Self.most {
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else { break }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            if TalkSocket.send(line, to: client) == line.count { clients.append(client) } else { close(client) }
        }
        guard note != last else { return }
        last = note
        // A screen that does not read is let go: it comes again by itself.
        clients.removeAll { client in
            guard TalkSocket.send(line, to: client) != line.count else { return false }
            close(client)
            return true
        }
    }
}

/// The speaker's end: reads what a talk tells, and waits for one that has not begun.
public final class SpeakerLink {
    private let path: String
    private var descriptor: Int32?
    private var pending = Data()

    /// Bytes of an unfinished line that are kept at most.
    private static let longest = 1 << 20

    /// - Parameter demo: The demo's name.
    /// - Throws: ``SpeakerUnavailable`` where there is no folder for its socket.
    public init(demo: String) throws(SpeakerUnavailable) { path = try TalkSocket.path(of: demo) }

    deinit { if let descriptor { close(descriptor) } }

    /// Whether a talk is heard.
    public var isConnected: Bool { descriptor != nil }

    /// The newest note since the last call; nil where there is none.
    public func read() -> SpeakerNote? {
        guard let descriptor = descriptor ?? connected() else { return nil }
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &room, room.count)
            if count > 0 {
                pending.append(contentsOf: room.prefix(count))
                if pending.count > Self.longest { pending = Data() }
                continue
            }
            if count == 0 || errno != EAGAIN && errno != EINTR { hangUp() }
            break
        }
        let lines = pending.split(separator: 0x0A, omittingEmptySubsequences: false)
        pending = Data(lines.last ?? Data())
        return lines.dropLast().reversed().lazy.compactMap { SpeakerNote(line: Data($0)) }.first
    }

    private func connected() -> Int32? {
        var status = stat()
        // A socket that another person put there is none of the talk's.
        guard stat(path, &status) == 0, status.st_uid == geteuid(), let new = TalkSocket.open() else { return nil }
        guard TalkSocket.withAddress(path, { connect(new, $0, $1) }) == 0 else {
            close(new)
            return nil
        }
        descriptor = new
        return new
    }

    private func hangUp() {
        if let descriptor { close(descriptor) }
        (descriptor, pending) = (nil, Data())
    }
}

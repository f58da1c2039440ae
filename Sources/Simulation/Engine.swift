import Synchronization

/// Decodes on its own thread: commands in, immutable snapshots out, the latest wins.
///
/// Any thread may send and read. The engine never waits for a reader.
public final class Engine: Sendable {
    private let mailbox = Mailbox()
    private let published: Published

    /// Starts the thread; the first snapshots tell how far the keys and the index are.
    /// - Parameter threads: Threads that build the index, and those that compute the heads of a layer; nil: one, and one a core.
    public init(settings: Settings, threads: Int? = nil) {
        let (mailbox, published) = (mailbox, Published(settings: settings))
        self.published = published
        do {
            try startThread(named: "halfspace.engine") {
                EngineLoop(settings: settings, threads: threads, mailbox: mailbox, published: published).run()
            }
        } catch {
            var snapshot = published.snapshot
            snapshot.phase = .failed("\(error)")
            snapshot.generation += 1
            published.publish(snapshot)
        }
    }

    deinit { mailbox.put(.stop) }

    /// Tells the engine; returns at once.
    public func send(_ command: Command) { mailbox.put(command) }

    /// The newest snapshot.
    public var snapshot: Snapshot { published.snapshot }

    /// Called on the engine's thread after a new snapshot was published, at most 30 times a second beside the answers
    /// to commands; it must return at once (write a byte to a pipe).
    public func onPublish(_ notify: @escaping @Sendable () -> Void) { published.onPublish(notify) }
}

/// Where the engine's thread leaves the newest snapshot.
final class Published: Sendable {
    private let snapshotBox: Mutex<Snapshot>
    private let notifyBox = Mutex<(@Sendable () -> Void)?>(nil)

    init(settings: Settings) {
        var snapshot = Snapshot()
        snapshot.settings = settings
        snapshotBox = Mutex(snapshot)
    }

    var snapshot: Snapshot { snapshotBox.withLock { $0 } }

    func publish(_ snapshot: Snapshot) {
        snapshotBox.withLock { $0 = snapshot }
        notifyBox.withLock { $0 }?()
    }

    func onPublish(_ notify: @escaping @Sendable () -> Void) {
        notifyBox.withLock { $0 = notify }
    }
}

import Measurement
import Screen
import Simulation

/// Where the dashboard is shown and what a person does there: a terminal, or a list of events in a test.
public protocol Display: AnyObject {
    /// In cells.
    var width: Int { get }
    var height: Int { get }
    /// Bytes that were sent to show pictures so far; nil where none are.
    var bytesSent: Int? { get }
    /// Shows a picture.
    func draw(_ buffer: Buffer)
    /// Waits at most so many seconds for something to happen (for ever if nil); returns early when it is woken.
    func events(within seconds: Double?) -> [InputEvent]
    /// Forgets what the screen is believed to hold, so that the next picture is drawn whole.
    func invalidate()
    /// Listens to the mouse, or leaves it to the terminal.
    func setMouse(_ isOn: Bool)
    /// Gives a text to the clipboard, as much of it as goes there; the bytes that went, nil where there is no clipboard.
    func copy(_ text: String) -> Int?
    /// Leaves the screen, stops the program until it is continued, and comes back.
    func suspend()
}

extension Display {
    public var bytesSent: Int? { nil }

    public func copy(_ text: String) -> Int? { nil }
}

/// The engine as the dashboard sees it: commands in, snapshots out.
public protocol EngineLink {
    var snapshot: Snapshot { get }
    func send(_ command: Command)
}

extension Engine: EngineLink {}

/// What happens apart from keys and engine: files that were edited. Asked at every turn of the loop.
public protocol ActionSource {
    func actions(at now: Double) -> [Action]
}

/// Seconds from some moment on, never going back.
public protocol TimeSource {
    var seconds: Double { get }
}

/// The real one.
public struct SteadyClock: TimeSource {
    private let watch = Stopwatch()

    public init() {}

    public var seconds: Double { watch.seconds }
}

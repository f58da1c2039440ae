import Screen

/// A display that keeps every picture in a recording on its way to the screen behind it.
public final class RecordedDisplay: Display {
    private let screen: any Display
    private let file: CastFile
    private let clock: any TimeSource
    private var chapter: String?

    public init(_ screen: any Display, file: CastFile, clock: any TimeSource) {
        (self.screen, self.file, self.clock) = (screen, file, clock)
    }

    public var width: Int { screen.width }
    public var height: Int { screen.height }
    public var bytesSent: Int? { screen.bytesSent }

    public func draw(_ buffer: Buffer) {
        file.add(buffer, at: clock.seconds)
        screen.draw(buffer)
    }

    /// Marks the chapter that a state has come to.
    public func note(_ state: DashboardState) {
        guard let title = state.demo?.chapter.title, title != chapter else { return }
        chapter = title
        file.mark(title, at: clock.seconds)
    }

    public func events(within seconds: Double?) -> [InputEvent] { screen.events(within: seconds) }
    public func invalidate() { screen.invalidate() }
    public func setMouse(_ isOn: Bool) { screen.setMouse(isOn) }
    public func copy(_ text: String) -> Int? { screen.copy(text) }
    public func suspend() { screen.suspend() }
}

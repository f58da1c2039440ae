import Screen
import Simulation

/// Snapshot, draw, poll: at most so many pictures a second as are allowed, and none where nothing changed.
public final class DashboardLoop {
    public private(set) var state: DashboardState
    private let display: any Display
    private let engine: any EngineLink
    private let clock: any TimeSource
    private let sources: [any ActionSource]
    private let saver: Saver
    private let recorder = SessionRecorder()
    private let log: (String) -> Void
    private let renderer = Renderer()
    private let table = BindingTable.standard

    private var isDone = false
    private var needsDrawing = true
    private var drawnGeneration: UInt64?
    private var lastFrame = -1.0
    private var frameTimes: [Double] = []

    public init(
        state: DashboardState, display: any Display, engine: any EngineLink, clock: any TimeSource = SteadyClock(),
        sources: [any ActionSource] = [], saver: Saver = .standard, log: @escaping (String) -> Void = { _ in }
    ) {
        self.sources = sources
        self.saver = saver
        self.log = log
        self.state = state
        self.display = display
        self.engine = engine
        self.clock = clock
        self.state.width = display.width
        self.state.height = display.height
    }

    /// Runs until a person quits or the display is gone.
    public func run(afterTurn: (DashboardState) -> Void = { _ in }) {
        display.setMouse(state.usesMouse)
        while !isDone {
            turn()
            afterTurn(state)
        }
    }

    /// One turn: take in what is new, draw if it shows, wait.
    func turn() {
        let now = clock.seconds
        let toasts = state.toasts.count
        apply(.tick(now))
        if state.toasts.count != toasts { needsDrawing = true }
        for source in sources {
            for action in source.actions(at: now) {
                apply(action)
                needsDrawing = true
            }
        }
        if let outcome = recorder.take() {
            apply(notice(of: outcome))
            needsDrawing = true
        }
        let snapshot = engine.snapshot
        if snapshot.generation != state.live.generation || drawnGeneration == nil {
            apply(.received(snapshot))
            // A frozen view shows the same picture, whatever the engine does.
            if !state.isFrozen { needsDrawing = true }
        }
        let due = lastFrame + state.frameInterval
        if needsDrawing, now >= due { draw(at: now) }
        for event in display.events(within: wait(from: now, due: due)) { handle(event) }
    }

    /// Until the next frame is due if one is wanted, else until a message must go, else until something happens.
    private func wait(from now: Double, due: Double) -> Double? {
        if isDone { return 0 }
        if needsDrawing { return max(0, due - now) }
        guard let first = state.toasts.map({ $0.born + Toast.lifetime }).min() else { return 1 }
        return min(1, max(0, first - now) + 0.001)
    }

    private func draw(at now: Double) {
        let buffer = renderer.render(state)
        let written = display.bytesSent
        let rendered = clock.seconds
        display.draw(buffer)
        let flushed = clock.seconds
        frameTimes.append(now)
        frameTimes.removeAll { $0 < now - 1 }
        var cost = DashboardState.FrameCost()
        cost.framesPerSecond = Double(frameTimes.count)
        cost.render = rendered - now
        cost.flush = flushed - rendered
        if let written, let now = display.bytesSent { cost.bytes = now - written }
        apply(.measured(cost))
        needsDrawing = false
        drawnGeneration = state.shown.generation
        lastFrame = now
    }

    private func handle(_ event: InputEvent) {
        switch event {
        case .key(let key) where state.isTyping:
            apply(.typed(key))
        case .key(let key):
            guard let action = table.action(of: key, standingFor: state.keys) else { return }
            apply(action)
        case .mouse(let event): apply(.pointed(event))
        case .resized(let width, let height):
            apply(.resized(width: width, height: height))
        case .resumed:
            display.invalidate()
        case .closed:
            isDone = true
        }
        needsDrawing = true
    }

    private func apply(_ action: Action) {
        for effect in update(&state, action) {
            switch effect {
            case .engine(let command): engine.send(command)
            case .quit: isDone = true
            case .suspend:
                display.suspend()
                display.invalidate()
            case .mouse(let isOn): display.setMouse(isOn)
            case .redraw: display.invalidate()
            case .save: save()
            case .copy: copy()
            case .draw: needsDrawing = true
            case .log(let line): log(line)
            }
        }
    }

    /// Saves what is seen, without the messages over it.
    private func save() {
        var seen = state
        seen.toasts = []
        do {
            let name = try saver.save(seen, picture: renderer.render(seen))
            apply(.notice("saved \(name).svg, .csv and .json in \(saver.folder.path)", .good))
            recorder.record(seen.shown, to: saver.folder.appendingPathComponent(name + ".safetensors"))
        } catch {
            apply(.notice("cannot save in \(saver.folder.path): \(error.systemReason)", .error))
        }
    }

    /// Copies the figures that are seen.
    private func copy() {
        let figures = CopiedFigures(state)
        guard let bytes = display.copy(figures.text) else {
            return apply(.notice("this terminal takes no text for a clipboard; s saves the figures to files", .warning))
        }
        apply(.notice(figures.sentence(bytes: bytes), .good))
    }

    private func notice(of outcome: SessionRecorder.Outcome) -> Action {
        switch outcome {
        case .written(let file, let steps):
            .notice("\(file.lastPathComponent) replays \(steps) step\(steps == 1 ? "" : "s")", .good)
        case .refused(let sentence): .notice(sentence, .warning)
        }
    }
}

import Screen
import Simulation

/// The screen of a caption as people see it, without a terminal: what `--check` holds the caption's claims against.
struct CaptionScreen {
    private(set) var state: DashboardState
    /// What the caption asks of the engine, its script apart.
    private(set) var commands: [Command] = []

    private var hasAskedForPrefill = false

    /// The sizes at which a claimed figure must be seen.
    static let sizes = [(width: 80, height: 24), (width: 120, height: 40)]

    init(_ demo: Demo, at place: Demo.Place) {
        state = DashboardState(
            settings: demo[place].stretches.last?.settings ?? Settings(), themes: [.plain])
        var player = DemoPlayer(demo: demo, mode: .once)
        player.place = place
        state.demo = player
        take(update(&state, .tick(0)))
    }

    /// Takes in what the engine found.
    mutating func receive(_ snapshot: Snapshot) {
        // The script of the check stands for the demo's own.
        state.live = snapshot
        state.settings = snapshot.settings
        commands = []
        guard state.view == .prefill, !hasAskedForPrefill else { return }
        hasAskedForPrefill = true
        commands = [.prefill(.causal)]
    }

    private mutating func take(_ effects: [Effect]) {
        commands = effects.compactMap { effect in
            switch effect {
            case .engine(.script), .engine(.pace): nil
            case .engine(let command): command
            default: nil
            }
        }
    }

    private var caption: Demo.Caption? { state.demo?.caption }

    /// What has been measured beside the stream: as long as it changes, there is headway.
    struct Headway: Equatable {
        var parts, sweep: Double?
        var points = 0
        var rows: Int?
        var phase: PrefillFrame.Phase?
        var naive: Double?
    }

    var headway: Headway {
        let (parts, sweep, prefill) = (state.live.parts, state.live.sweep, state.live.prefill)
        return Headway(
            parts: parts?.fraction, sweep: sweep.fraction, points: sweep.curves.last?.points.count ?? 0,
            rows: prefill?.done, phase: prefill?.phase, naive: prefill?.naiveSeconds)
    }

    /// Whether something is being measured beside the stream, so that a claim may come true later.
    var measuresBeside: Bool {
        let wants = state.view.wants(in: state)
        let isPrefilling: Bool =
            switch state.live.prefill?.phase {
            case .done, .failed, .cancelled: false
            default: state.view == .prefill
            }
        let parts = state.live.parts
        return wants.sweep && state.live.sweep.curves.last?.isComplete != true || isPrefilling
            || wants.details.contains(.parts) && (parts == nil || parts?.fraction != nil)
    }

    /// Whether what is known bears the claims out.
    var bearsItsClaims: Bool {
        knowsItsFigures && (caption?.claims.allSatisfy { $0.holds(in: state.live, state.view) } ?? true)
    }

    /// Whether every figure of the claims has a value, and what is looked at is the caption's last step.
    var knowsItsFigures: Bool {
        guard let caption, !caption.claims.isEmpty else { return true }
        let snapshot = state.live
        let last = snapshot.history.last?.step
        guard snapshot.looks(state.view.wants(in: state).details).allSatisfy({ $0 == last }) else { return false }
        return caption.claims.allSatisfy { $0.isKnown(in: snapshot, state.view) }
    }

    /// What the screen does not bear out.
    struct Failure {
        let sentence: String
        /// Whether only a clock says so: on another day it may hold.
        var isOfTimes = false
    }

    func failures() -> [Failure] {
        guard let caption, let player = state.demo else { return [] }
        guard !caption.claims.isEmpty else {
            return [Failure(sentence: "the caption names no figure on which it rests; write claim = \"…\".")]
        }
        return caption.claims.compactMap { claim in
            claim.failure(in: state.live, state.view).map { sentence in
                // What has no value at all is not slow: it is missing.
                Failure(
                    sentence: sentence,
                    isOfTimes: claim.restsOnTimes(state.view) && claim.isKnown(in: state.live, state.view))
            }
        } + hidden(caption, player).map { Failure(sentence: $0) }
    }

    /// The claimed figures that have a value and no place, and a highlighted panel that has none, at each size.
    private func hidden(_ caption: Demo.Caption, _ player: DemoPlayer) -> [String] {
        var failures: [String] = []
        let known = caption.claims.filter { $0.isKnown(in: state.live, state.view) }
        for size in Self.sizes where size.width >= player.demo.size.width && size.height >= player.demo.size.height {
            for name in Set(known.flatMap(\.figures)).sorted() where !isShown(name, size.width, size.height) {
                failures.append("\(name) cannot be read at \(size.width)x\(size.height)")
            }
            if let panel = caption.look.highlight, !isPlaced(panel, size.width, size.height) {
                let title = state.view.panels[panel].title
                failures.append(
                    "the highlighted panel \"\(title)\" is not on the screen at \(size.width)x\(size.height)")
            }
        }
        return failures
    }

    /// Whether a panel of the view has a place on a screen of a size.
    private func isPlaced(_ panel: Int, _ width: Int, _ height: Int) -> Bool {
        var state = state
        (state.width, state.height) = (width, height)
        if state.isExpanded { return state.focus == panel }
        let places = state.view.view.layout(in: ScreenAreas(state).view, traits: LayoutTraits(state))
        return places.contains { $0.panel == panel && !$0.rect.isEmpty }
    }

    /// Whether a figure and its label stand in its panel on a screen of a size.
    private func isShown(_ name: String, _ width: Int, _ height: Int) -> Bool {
        guard let (figure, panel) = state.view.figure(name), let value = figure.value(state.live) else { return false }
        var state = state
        (state.width, state.height, state.toasts) = (width, height, [])
        state.heatmap.glide = nil
        let picture = Renderer().render(state)
        let areas = ScreenAreas(state)
        let rect: Rect?
        if let panel {
            let places = state.view.view.layout(in: areas.view, traits: LayoutTraits(state))
            rect =
                state.isExpanded ? (state.focus == panel ? areas.view : nil) : places.first { $0.panel == panel }?.rect
        } else {
            rect = areas.header
        }
        guard let rect else { return false }
        let lines = (rect.y..<rect.bottom).map { y in
            (rect.x..<rect.right).map { picture[$0, y].glyph.text }.joined()
        }
        let label = figure.label(state.live)
        guard lines.contains(where: { $0.contains(label) }) else { return false }
        guard let text = figure.text?(value) else { return true }
        return lines.contains { $0.holds(text) }
    }
}

extension String {
    /// Whether a number stands in it by itself and is no part of a longer one.
    fileprivate func holds(_ number: String) -> Bool {
        var rest = self[...]
        while let found = rest.range(of: number) {
            let before = found.lowerBound == startIndex ? nil : self[index(before: found.lowerBound)]
            let after = found.upperBound == endIndex ? nil : self[found.upperBound]
            func isDigit(_ character: Character?) -> Bool { character?.isNumber == true || character == "." }
            if !isDigit(before), !isDigit(after) { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }
}

extension Action {
    /// Why the action does nothing now, in one sentence; nil if it does something.
    ///
    /// ``update(_:_:)`` asks before anything else, wherever the action comes from: a key, the mouse, a line of the help.
    public func refusal(in state: DashboardState) -> String? {
        switch self {
        case .change(let parameter, _): parameter.refusal(in: state.settings, snapshot: state.live)
        case .moveThreshold:
            Parameter.offset.refusal(in: state.settings, snapshot: state.live)
                ?? (state.settings.threshold.rule == .error
                    ? "the error rule finds its own threshold; press c for another" : nil)
        case .zoom, .fit, .scale, .order:
            state.view == .heatmap ? nil : "this belongs to the Heatmap view; press 2"
        case .figure: state.view == .heads ? nil : "this belongs to the Heads view; press 8"
        case .openLine:
            state.settings.workload == .model
                ? nil : "a text belongs to the workload model; press w until it is chosen"
        case .demo: state.demo == nil ? "no demo plays; start one with halfspace demo" : nil
        default: nil
        }
    }

    /// Whether a person did it.
    var isTouch: Bool {
        switch self {
        case .received, .tick, .resized, .themesChanged, .measured, .notice, .demo(.reloaded): false
        default: true
        }
    }
}

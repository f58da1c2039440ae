import HalfSpace

extension IndexStatistics {
    /// The index and why it was chosen, said once: a comparison of expected times begins with the choice itself.
    public var choice: String {
        if answersDensely { return "dense, \(reason)" }
        return reason.hasPrefix(kind.rawValue) ? reason : "\(kind.rawValue), \(reason)"
    }
}

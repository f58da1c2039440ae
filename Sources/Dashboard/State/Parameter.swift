import Attention
import HalfSpace
import Screen
import Simulation
import Workload

/// What a person can turn while the stream runs.
public enum Parameter: String, CaseIterable, Sendable {
    case dimension, alpha, offset, length, activation, rule, workload, index, budget, head

    /// Its name on the screen.
    public var title: String {
        switch self {
        case .dimension: "dimension"
        case .alpha: "α"
        case .offset: "offset"
        case .length: "keys"
        case .activation: "activation"
        case .rule: "rule"
        case .workload: "workload"
        case .index: "index"
        case .budget: "budget"
        case .head: "head"
        }
    }

    /// Its name where there is little room.
    public var short: String {
        switch self {
        case .dimension: "dim"
        case .activation: "act"
        case .workload: "load"
        case .index: "idx"
        case .budget: "r"
        default: title
        }
    }

    /// Its value as the screen shows it.
    public func value(in settings: Settings, snapshot: Snapshot) -> String {
        switch self {
        case .dimension: String(settings.resolvedDimension(snapshot))
        case .alpha: settings.activation.alpha.map(Text.short) ?? "none"
        case .offset: Text.signed(settings.threshold.offset) + "σ"
        case .length: Format.grouped(settings.resolvedLength(snapshot))
        case .activation: Text.name(of: settings.activation)
        case .rule:
            settings.activation.findsItsThreshold
                ? "its own"
                : settings.threshold.rule == .error ? settings.threshold.goal.name : settings.threshold.rule.rawValue
        case .workload: settings.workload.rawValue
        case .index: Self.indexName(settings, snapshot)
        case .budget: settings.threshold.budget.name
        case .head: settings.headName(snapshot)
        }
    }

    /// Why it cannot be turned now, in one sentence; nil if it can.
    public func refusal(in settings: Settings, snapshot: Snapshot) -> String? {
        switch self {
        case .dimension:
            settings.workload == .model
                ? "d comes from the language model; press w for another workload"
                : settings.workload == .trace ? "d comes from the trace file; press w for another workload" : nil
        case .alpha:
            settings.activation == .softmax
                ? "softmax has no α; press x for another activation"
                : settings.workload == .model ? "α is the one that the language model learned with" : nil
        case .offset, .rule:
            settings.activation.findsItsThreshold ? "entmax finds its own threshold; press x for ReLU or softmax" : nil
        case .budget:
            settings.activation.findsItsThreshold || settings.threshold.rule != .count
                ? "the budget belongs to the count rule; press c until it is chosen" : nil
        case .head:
            settings.hasHeads
                ? nil : "heads belong to a trace or a model, or to a start with --heads; press w until one is chosen"
        case .length, .activation, .workload, .index:
            nil
        }
    }

    /// "auto → tree", once the planner has chosen.
    private static func indexName(_ settings: Settings, _ snapshot: Snapshot) -> String {
        guard settings.index == .auto, snapshot.settings.index == .auto, let chosen = snapshot.statistics?.kind else {
            return settings.index.name
        }
        return "auto → \(chosen.rawValue)"
    }
}

extension Settings {
    /// Whether there are heads to choose from.
    var hasHeads: Bool { request.shape != nil || [.trace, .model].contains(workload) }

    /// "3", or "layer/head" where a trace has several layers.
    func headName(_ snapshot: Snapshot) -> String {
        let head = String(self.head ?? 0)
        guard workload == .trace, let first = snapshot.layers.first, snapshot.layers.count > 1 else { return head }
        return "\(request.layer ?? first.number)/\(head)"
    }

    /// d as asked for, or what the workload brings.
    func resolvedDimension(_ snapshot: Snapshot) -> Int {
        if let d = request.d { return d }
        return [.trace, .model].contains(workload) && snapshot.d > 0 ? snapshot.d : Self.defaultDimension
    }

    /// n as asked for, or what the workload brings.
    func resolvedLength(_ snapshot: Snapshot) -> Int {
        if let n = request.n { return n }
        if workload == .model { return snapshot.text?.promptCount ?? snapshot.promptLength }
        guard workload == .trace else { return Self.defaultLength }
        guard let trace = snapshot.trace, !trace.grows else { return snapshot.promptLength }
        return trace.keys
    }
}

extension Activation {
    /// Whether its threshold follows from the scores (entmax), so that no rule applies.
    var findsItsThreshold: Bool {
        if case .entmax = self { true } else { false }
    }
}

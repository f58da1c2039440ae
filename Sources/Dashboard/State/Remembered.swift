import Attention
import HalfSpace
import Workload

/// What each activation and workload had when it was left, so that coming back finds it again.
public struct Remembered: Sendable {
    public var reluAlpha = 1
    public var entmaxAlpha = 1.5
    /// By the activation's name; softmax starts with the count rule, ReLU with the calibrated one.
    public var thresholds: [String: ThresholdSettings] = [:]
    /// n and d of the workloads that are made, while a trace brings its own.
    public var length: Int?
    public var dimension: Int?
    /// The heads of a made layer, meanwhile.
    public var shape: LayerShape?

    /// The threshold of an activation that was not visited before.
    static func initialThreshold(of activation: Activation, in workload: WorkloadKind) -> ThresholdSettings {
        if case .softmax = activation { return ThresholdSettings(rule: .count) }
        return ThresholdSettings(rule: workload == .model ? .learned : .calibrated)
    }
}

/// A walk through the indexes for one that can serve the present keys.
struct IndexSearch: Sendable {
    /// The choice that it began from: coming back to it ends the walk.
    var origin: IndexChoice
    var direction: Int
}

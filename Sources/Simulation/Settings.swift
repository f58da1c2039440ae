import Attention
import HalfSpace
import Workload

/// Everything that a run depends on: the same settings give the same stream, to the last bit of every count.
public struct Settings: Sendable, Equatable, Codable {
    public var workload = WorkloadKind.massive
    /// The safetensors file of `trace`, and which of its tensors; nil takes the first.
    public var tracePath: String?
    public var layer: Int?
    public var head: Int?
    /// How the trace is read where its file does not say so.
    public var traceOptions = TraceOptions()
    /// Keys at the start; nil: 65 536, or all that a trace has.
    public var n: Int?
    /// Head dimension; nil: 4, or the trace's.
    public var d: Int?
    /// What the scores of `massive` are divided by.
    public var temperature = 1.0
    /// The rank of `massive`'s keys; nil: they fill the space.
    public var rank: Int?
    /// What the workload `model` writes with, and from.
    public var model = ModelSettings()
    public var activation = Activation.relu(alpha: 1)
    public var threshold = ThresholdSettings()
    public var index = IndexChoice.auto
    public var seed: UInt64 = 1

    public init() {}

    public static let defaultLength = 65_536
    public static let defaultDimension = 4

    /// Whether `other` can take over without making keys or building an index anew.
    public func sharesData(with other: Settings) -> Bool {
        sharesKeys(with: other) && index == other.index
    }

    /// Whether a text under way can go on under `other`, seen by whichever head, through whichever index.
    func sharesText(with other: Settings) -> Bool {
        var same = other
        (same.head, same.index) = (head, index)
        return workload == .model && sharesKeys(with: same)
    }

    /// Whether `other` has the same keys, values and queries.
    public func sharesKeys(with other: Settings) -> Bool {
        workload == other.workload && tracePath == other.tracePath && layer == other.layer && head == other.head
            && n == other.n && d == other.d && seed == other.seed && temperature == other.temperature
            && rank == other.rank && traceOptions == other.traceOptions
            && (workload != .model || model == other.model && activation == other.activation)
    }
}

import Attention
import HalfSpace
import Workload

/// Everything that a run depends on: the same settings give the same stream, to the last bit of every count.
@dynamicMemberLookup
public struct Settings: Sendable, Equatable, Codable {
    /// Which data: `n`, `d`, `seed` and the options of each workload are the request's, and are read and set through it.
    public var request = WorkloadRequest(kind: .massive)
    /// What the workload `model` writes with, and from.
    public var model = ModelSettings()
    public var activation = Activation.relu(alpha: 1)
    public var threshold = ThresholdSettings()
    public var index = IndexChoice.auto
    /// How keys and values are kept, by the session and by a language model's caches.
    public var store = NumberFormat.float32

    public init() {}

    public subscript<Value>(dynamicMember path: WritableKeyPath<WorkloadRequest, Value>) -> Value {
        get { request[keyPath: path] }
        set { request[keyPath: path] = newValue }
    }

    /// Keys at the start; nil takes the workload's default.
    public var n: Int? {
        get { request.n }
        set { request.n = newValue }
    }

    /// Head dimension; nil takes the workload's default.
    public var d: Int? {
        get { request.d }
        set { request.d = newValue }
    }

    /// Where keys, values and queries come from.
    public var workload: WorkloadKind {
        get { request.kind }
        set { request.kind = newValue }
    }

    public static let defaultLength = WorkloadRequest.defaultLength
    public static let defaultDimension = WorkloadRequest.defaultDimension

    /// Whether `other` can take over without making keys or building an index anew.
    public func sharesData(with other: Settings) -> Bool {
        sharesKeys(with: other) && index == other.index
    }

    /// Whether a text under way can go on under `other`, seen by whichever head, through whichever index.
    func sharesText(with other: Settings) -> Bool {
        var same = other
        (same.request.head, same.index) = (request.head, index)
        return workload == .model && sharesKeys(with: same)
    }

    /// Whether `other` shows a head of the same layer.
    func sharesLayer(with other: Settings) -> Bool {
        var same = other
        same.request.head = request.head
        return request.shape != nil && request == same.request
    }

    /// Whether `other` has the same keys, values and queries.
    public func sharesKeys(with other: Settings) -> Bool {
        request == other.request && store == other.store
            && (workload != .model || model == other.model && activation == other.activation)
    }
}

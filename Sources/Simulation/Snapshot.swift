import Attention
import HalfSpace
import Workload

/// The state of the engine at one moment: immutable, cheap to make, safe to keep (freeze keeps one).
public struct Snapshot: Sendable {
    /// The settings in force, with n, d and dv resolved.
    public var settings = Settings()
    public var n = 0
    public var d = 0
    /// Bytes that a key and its value take.
    public var rowBytes = 0
    public var valueDimension = 0
    /// The keys at the start of each sequence.
    public var promptLength = 0
    /// Steps before the keys of another sequence follow.
    public var firstSequence = Int.max
    public var phase = Phase.preparing(.init(stage: "starting", fraction: 0))
    public var isPaused = false
    public var pace = Pace.initial
    /// Steps done since the data were made.
    public var step = 0
    /// Steps a second over the last second.
    public var stepsPerSecond = 0.0
    /// Processor time that the engine's thread has used, in seconds.
    public var busySeconds = 0.0
    /// The share of the last seconds in which threads waited for a processor; nil where the system does not say.
    public var pressure: Double?
    /// Dense attention runs on every m-th step.
    public var denseEvery = 1
    /// The reported set is checked against the definition on every so many steps.
    public var definitionEvery = 1
    /// Errors are measured, against the float64 referee, on every so many steps.
    public var refereeEvery = 1
    /// The newest records, oldest first.
    public var history = History<StepRecord>(capacity: 4096)
    /// The newest heatmap rows, oldest first.
    public var heat = History<HeatRow>(capacity: 512)
    public var statistics: IndexStatistics?
    /// "layer 1, head 0 (the model's 8)" of a trace.
    public var caption: String?
    /// What the trace file offers; nil for a workload that is made.
    public var trace: TraceShape?
    /// The word of the current query and the keys of largest weight with their words, where there are words.
    public var queryWord: String?
    public var attended: [AttendedWord] = []
    /// Time against n, while the sweep runs and after.
    public var sweep = SweepSnapshot()
    /// How far the script is, where one runs.
    public var script: Script.Position?
    /// The newest looks at single steps, while a view wants them.
    public var geometry: GeometryFrame?
    public var accuracy: AccuracyFrame?
    /// What other policies read of the same keys, while a view wants it.
    public var policies: PoliciesFrame?
    /// The words of positions and steps, where there are words.
    public var words: Words?
    /// Where keys stand in the index's own order, while a view wants it.
    public var order: KeyOrder?
    /// The index's work level by level, and Part 1 beside Part 2, while a view wants them.
    public var levels: LevelsFrame?
    public var parts: PartsFrame?
    /// The text of a language model, where one writes.
    public var text: TextFrame?
    /// Heads that the workload has to choose from, and those of all layers, where there are layers.
    public var heads = 1
    public var layers: [HeadLayer] = []
    /// What is known of the heads of a trace, once a view wanted it.
    public var survey: HeadsFrame?
    /// The last prefill that was asked for.
    public var prefill: PrefillFrame?
    /// What the planner chose, newest last: "step 0: tree, because …".
    public var plannerLog: [String] = []
    /// Counted up with every change of anything: equal numbers, equal snapshots.
    public var generation: UInt64 = 0

    public init() {}

    public enum Phase: Sendable, Equatable {
        case preparing(Preparation)
        case running
        /// The settings cannot be served: one sentence; the engine waits for others.
        case failed(String)
    }

    public struct TraceShape: Sendable, Equatable {
        /// Keys of each head.
        public var keys: Int
        /// Whether the cache grows with the queries.
        public var grows: Bool

        public init(keys: Int, grows: Bool) {
            (self.keys, self.grows) = (keys, grows)
        }
    }

    public struct Preparation: Sendable, Equatable {
        /// "making keys", "building the tree".
        public var stage: String
        /// 0…1.
        public var fraction: Double

        public init(stage: String, fraction: Double) {
            self.stage = stage
            self.fraction = fraction
        }
    }

    public struct AttendedWord: Sendable, Equatable {
        public var position: Int
        public var word: String
        public var share: Float

        public init(position: Int, word: String, share: Float) {
            self.position = position
            self.word = word
            self.share = share
        }
    }
}

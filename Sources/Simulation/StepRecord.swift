import Attention
import HalfSpace

/// What one decode step found and cost; a value is nil where the step did not measure it.
public struct StepRecord: Sendable {
    /// Steps since the settings' data were made, from 0, over all sequences.
    public var step = 0
    /// The sequence that it belongs to, from 0; a new one starts when the cache is full.
    public var sequence = 0
    /// Keys that the query saw, its own included.
    public var n = 0
    /// b, in score units; of entmax the score at which its weights begin.
    public var threshold = 0.0
    /// Mean and standard deviation of the query's scores over all keys, in score units: b lies so many of them above it.
    public var scores: ScoreSpread?
    /// The keys at or above it; of entmax its support.
    public var reported = 0
    /// n·Q(t) or r where the rule predicts a count.
    public var predicted: Double?
    public var work = Work()
    /// Against the definition: keys of the set not reported, and keys reported outside it.
    public var missed: Int?
    public var extra: Int?
    /// From query to output; the threshold's time apart.
    public var hsrSeconds = 0.0
    public var naiveSeconds: Double?
    public var ruleSeconds = 0.0
    /// The largest error of an entry of the output, against the referee in float64; for softmax against all keys, so that it
    /// holds what was left out as well.
    public var maxAbsError: Double?
    /// ‖out − referee‖₂ / ‖referee‖₂.
    public var relativeError: Double?
    /// The largest error of naive's output, against the same referee.
    public var naiveAbsError: Double?
    /// How far, at most, rounding the query and the keys to float32 moved a score: no arithmetic on them knows more.
    public var scoreResolution: Double?
    /// ‖V‖_∞-scaled bounds of softmax: 2(1−p)‖V‖_∞ and the live certificate.
    public var massBound: Double?
    public var certificate: Double?
    /// The largest error of an entry of softmax's output with the leaf-mean residual, where it was asked for.
    public var residualError: Double?
    /// What the `error` rule keeps the error below, ε‖V‖_∞, and whether the error that was measured is above it.
    public var errorGoal: Double?
    public var missedGoal: Bool?
    public var index = IndexKind.brute
    /// Whether whole nodes answered by their moments.
    public var usedMoments = false
    /// Whether everything was read as dense attention reads it: then both times are of the same code.
    public var isDense = false
    /// Measured while a merge, a sweep or a prefill ran beside it.
    public var underLoad = false
    /// Done at full speed on the way to a place in a script: its times are not those of the stream that is watched.
    public var isOnTheWay = false
    /// All heads of the layer, where there are several: then the times are the layer's, on all its threads, and what else stands
    /// here is of the head that is shown.
    public var layer: LayerRecord?
    /// The letter that a language model wrote.
    public var text: TextRecord?
    /// What changed right before this step, for the marks in the plots.
    public var mark: Mark?

    public init() {}

    /// A change that the plots mark.
    public enum Mark: Sendable, Equatable {
        case parameter(String)
        case sequence
        case merge
    }
}

/// The activated entries of one step, for heatmaps: positions ascending with their normalised weights.
public final class HeatRow: Sendable {
    /// The last step that it covers.
    public let step: Int
    /// The steps that it covers: 1, or more at full speed, where it holds the maximum over them.
    public let steps: Int
    /// Keys that the query saw.
    public let n: Int
    public let positions: [UInt32]
    /// Share of the attention mass of each position, parallel; sums to 1 unless empty.
    public let weights: [Float]

    public init(step: Int, n: Int, positions: [UInt32], weights: [Float], steps: Int = 1) {
        self.step = step
        self.steps = steps
        self.n = n
        self.positions = positions
        self.weights = weights
    }
}

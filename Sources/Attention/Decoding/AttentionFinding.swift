import CKernels
import Foundation
import HalfSpace

/// What one step of sparse attention found, besides its output.
public struct AttentionFinding: Sendable {
    /// How scores became weights.
    public let activation: Activation
    /// What the kernel of a step notes, which other ways note as well: one copy, where the kernel writes to.
    var result = ck_step_result()

    /// Entmax's first weight, where it was found in passing: a score.
    var support: Double?

    @inline(__always)
    init(_ activation: Activation) {
        self.activation = activation
        result.largest = -.infinity
    }

    /// The half-space that was summed over, in score units: b as given, or as the index found it. Of entmax the score at which
    /// weights begin, to float32.
    public var threshold: Double { result.threshold }

    /// The keys that the call itself counted in that half-space; nil where it read everything, as dense attention does, and so
    /// has no set to claim.
    public var count: Int? { isDense ? nil : result.count }

    /// Whether everything was read as dense attention reads it, since no index pays for these keys.
    public var isDense: Bool { result.dense != 0 }

    /// What reporting cost.
    public var work: Work { Work(result.work) }

    /// Whether nodes answered by their moment sums, so that the set was not listed.
    public var usedMoments: Bool { result.used_moments != 0 }

    /// `ln D`: the logarithm of the sum of the weights; −∞ for an empty row. For softmax the log-sum-exp of the reported scores.
    public var logNormaliser: Double { log(result.weight) + result.shift }

    /// About the largest score, where softmax or entmax was asked for.
    var largest: Double { Double(result.largest) }

    /// Its size as this target was compiled: a build in which another target sees it otherwise is a stale one.
    package static var bytes: Int { MemoryLayout<Self>.size }

    /// Notes what reporting cost.
    mutating func note(work: Work) {
        result.work = ck_work(
            visited: work.visited, pruned: work.pruned, whole: work.whole, candidates: work.candidates,
            whole_keys: work.wholeKeys, bytes_read: work.bytesRead)
    }

    /// Notes the sum of the weights by its logarithm.
    mutating func set(logNormaliser: Double) {
        (result.weight, result.shift) = logNormaliser > -.infinity ? (1, logNormaliser) : (0, 0)
    }
}

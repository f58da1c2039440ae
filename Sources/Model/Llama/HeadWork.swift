import Attention
import Foundation

/// One query head at work: its query and what came of it. One thread uses it at a time.
final class HeadWork: @unchecked Sendable {
    private(set) var query: [Float] = []
    let output: AttentionOutput
    private let dense: AttentionOutput
    private(set) var fault: (any Error)?
    private(set) var threshold = 0.0
    private(set) var reported = 0
    /// The share of dense attention's weights that the reported keys have, and how far the output is from dense attention's, both
    /// where they were compared.
    private(set) var share: Float = .nan
    private(set) var error: Float = .nan

    init(_ dimension: Int) {
        output = AttentionOutput(valueDimension: dimension)
        dense = AttentionOutput(valueDimension: dimension)
    }

    func start(_ query: [Float]) {
        self.query = query
        fault = nil
    }

    /// Appends the key and value of the position.
    func append(_ cache: HeadCache, key: [Float], value: [Float]) {
        do { try cache.append(keys: key, values: value) } catch { fault = error }
    }

    func attend(_ cache: HeadCache, rule: ThresholdSettings) {
        do { try cache.attend(query, rule: rule, into: output) } catch { fault = error }
        (threshold, reported) = (cache.threshold, cache.reported)
    }

    /// Takes what was summed over all keys.
    func finishDensely(_ cache: HeadCache, _ grouped: GroupedSoftmax, number: Int) {
        (threshold, reported) = (-.infinity, cache.store.count)
        if grouped.finish(number, into: output) { return }
        cache.attendDensely(query, activation: .softmax, threshold: -.infinity, into: output)
    }

    /// Dense attention on the same query.
    func compare(_ cache: HeadCache, rule: ThresholdSettings) {
        cache.attendDensely(query, activation: .softmax, threshold: -.infinity, into: dense)
        let (ours, all) = (output.values, dense.values)
        var (gap, size) = (0.0, 0.0)
        for t in ours.indices {
            gap += (Double(ours[t]) - Double(all[t])) * (Double(ours[t]) - Double(all[t]))
            size += Double(all[t]) * Double(all[t])
        }
        error = Float((gap / max(size, 1e-60)).squareRoot())
        // Sums that float64 does not hold say nothing.
        let mass = cache.reportedMass.map { $0 - log(dense.normaliser) } ?? 0
        let share = exp(mass)
        self.share = share.isFinite ? Float(min(1, share)) : .nan
        cache.learn(rule)
    }
}

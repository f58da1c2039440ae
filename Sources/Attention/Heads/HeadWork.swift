import Foundation
import HalfSpace
import Measurement

/// One query head at work: its query and what came of it. One thread uses it at a time.
package final class HeadWork: @unchecked Sendable {
    package private(set) var query: [Float] = []
    package let output: AttentionOutput
    private lazy var dense = AttentionOutput(valueDimension: output.count)
    package private(set) var fault: (any Error)?
    package private(set) var threshold = 0.0
    package private(set) var reported = 0
    /// From query to output; of a head that shared the reading of its keys its part of that.
    package private(set) var seconds = 0.0
    /// Whether every key was read.
    package private(set) var isDense = false
    /// The share of dense attention's weights that the reported keys have, and how far the output is from dense attention's, both
    /// where they were compared.
    package private(set) var share: Float = .nan
    package private(set) var error: Float = .nan

    package init(valueDimension: Int) { output = AttentionOutput(valueDimension: valueDimension) }

    package func start(_ query: [Float]) {
        self.query = query
        fault = nil
    }

    /// Appends the key and value of the position.
    package func append(_ cache: HeadCache, key: [Float], value: [Float]) {
        do { try cache.append(keys: key, values: value) } catch { fault = error }
    }

    /// The same for the cache alone, as dense attention needs it: ``takeIn(_:rulesAsk:)`` follows.
    package func appendRow(_ cache: HeadCache, key: [Float], value: [Float]) {
        do { try cache.appendRow(key: key, value: value) } catch { fault = error }
    }

    /// Brings the index of a cache, and what rules know of its keys if they ask, to the rows present.
    package func takeIn(_ cache: HeadCache, rulesAsk: Bool) { if fault == nil { cache.takeIn(rulesAsk: rulesAsk) } }

    /// Attention by a softmax rule.
    package func attend(_ cache: HeadCache, rule: ThresholdSettings) {
        attend(cache) { try cache.attend(query, rule: rule, into: output) }
    }

    /// Attention above a threshold as its rule chose it.
    package func attend(_ cache: HeadCache, activation: Activation, threshold: ChosenThreshold) {
        attend(cache) { try cache.attend(query, activation: activation, threshold: threshold, into: output) }
    }

    /// ReLU^α of heads that share keys, which then take equal parts of the time.
    static func attendTogether(
        _ works: [HeadWork], _ caches: [HeadCache], alpha: Int, thresholds: [ChosenThreshold]
    ) {
        let watch = Stopwatch()
        let answered = HeadCache.attendTogether(
            caches, works.map(\.query), alpha: alpha, thresholds: thresholds, into: works.map(\.output))
        let seconds = watch.seconds / Double(works.count)
        for (i, work) in works.enumerated() {
            if answered[i] {
                work.seconds = seconds
                (work.threshold, work.reported, work.isDense) =
                    (caches[i].threshold, caches[i].reported, caches[i].readEverything)
            } else {
                work.attend(caches[i], activation: .relu(alpha: alpha), threshold: thresholds[i])
            }
        }
    }

    private func attend(_ cache: HeadCache, _ body: () throws -> Void) {
        guard fault == nil else { return }
        let watch = Stopwatch()
        do { try body() } catch { fault = error }
        seconds = watch.seconds
        (threshold, reported, isDense) = (cache.threshold, cache.reported, cache.readEverything)
    }

    /// Takes what was summed over all keys for the query of this number.
    package func finishDensely(
        _ cache: HeadCache, _ grouped: GroupedDense, number: Int, of heads: Int, activation: Activation,
        threshold b: Double
    ) {
        (threshold, reported, isDense) = (b, cache.store.count, true)
        seconds = grouped.seconds / Double(heads)
        if !grouped.finish(number, into: output) { attendDensely(cache, activation: activation, threshold: b) }
    }

    /// Dense attention of this head alone.
    package func attendDensely(_ cache: HeadCache, activation: Activation, threshold b: Double) {
        let watch = Stopwatch()
        (threshold, reported, isDense) = (b, cache.store.count, true)
        cache.attendDensely(query, activation: activation, threshold: b, into: output)
        seconds = watch.seconds
    }

    /// Dense attention on the same query.
    package func compare(_ cache: HeadCache, rule: ThresholdSettings) {
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

import Foundation
import HalfSpace
import Measurement

/// One query head at work: its query and what came of it. One thread uses it at a time.
package final class HeadWork: @unchecked Sendable {
    package private(set) var query: [Float] = []
    package let output: AttentionOutput
    private lazy var dense = AttentionOutput(valueDimension: output.count)
    /// The threshold of the step, where heads are asked together.
    private var chosen: ChosenThreshold?
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

    /// Heads that share keys, above thresholds as their rule chose them: they take equal parts of what they share.
    static func attendTogether(
        _ works: [HeadWork], _ caches: [HeadCache], _ mine: Range<Int>, activation: Activation,
        thresholds: [ChosenThreshold]
    ) {
        together(
            works, caches, mine, activation: activation, threshold: { thresholds[$0] },
            attend: { works[$0].attend(caches[$0], activation: activation, threshold: thresholds[$0]) })
    }

    /// The same by a softmax rule, which chooses first.
    package static func attendTogether(
        _ works: [HeadWork], _ caches: [HeadCache], _ mine: Range<Int>, rule: ThresholdSettings
    ) {
        for h in mine { works[h].choose(caches[h], rule: rule) }
        together(
            works, caches, mine, activation: .softmax, threshold: { works[$0].chosen },
            attend: { h in
                let (work, choosing) = (works[h], works[h].seconds)
                guard let chosen = work.chosen else { return work.attend(caches[h], rule: rule) }
                work.attend(caches[h], activation: .softmax, threshold: chosen)
                work.seconds += choosing
            })
    }

    private static func together(
        _ works: [HeadWork], _ caches: [HeadCache], _ mine: Range<Int>, activation: Activation,
        threshold: (Int) -> ChosenThreshold?, attend: (Int) -> Void
    ) {
        for first in stride(from: mine.lowerBound, to: mine.upperBound, by: StepPlan.mostLooks) {
            let some = first..<min(first + StepPlan.mostLooks, mine.upperBound)
            let looking = HeadCache.attendTogether(
                caches[some], activation: activation,
                asked: { h in threshold(h).map { (works[h].query, $0) } }, attend: attend)
            for h in some { works[h].seconds += looking / Double(some.count) }
        }
    }

    /// Chooses the threshold of a rule; none where somebody else reads for the head.
    private func choose(_ cache: HeadCache, rule: ThresholdSettings) {
        chosen = nil
        seconds = 0
        guard fault == nil, cache.reader == nil else { return }
        let watch = Stopwatch()
        do { chosen = try cache.choose(query, rule: rule) } catch { fault = error }
        seconds = watch.seconds
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

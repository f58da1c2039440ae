import Foundation
import HalfSpace

/// The fewest keys that kept the last queries' measured errors below a bound: a budget for the next query, and no promise.
public struct MeasuredBudget: Sendable {
    /// Queries that are remembered.
    public static let window = 32

    /// The share of the keys that each of the last queries needed.
    private var needed: [Double] = []

    public init() {}

    /// r for the next query over n keys: what the hardest of the last ones needed; n^0.8 before any was measured.
    public func budget(of n: Int) -> Int {
        guard let share = needed.max() else { return Budget.power(0.8).count(of: n) }
        return min(n, max(1, Int((share * Double(n)).rounded(.up))))
    }

    /// Measures a query: the fewest of its largest keys from which on every prefix has an error of at most ε‖V‖_∞. Float64,
    /// O(n·(d + dv) + n log n).
    public mutating func note(
        _ query: [Float], store: KeyValueStore, epsilon: Double, valueNorm: Double,
        logits: SoftmaxLogits = SoftmaxLogits()
    ) {
        guard store.count > 0 else { return }
        let r = Self.needed(query, store: store, error: epsilon * valueNorm, logits)
        needed = needed.suffix(Self.window - 1) + [Double(r) / Double(store.count)]
    }

    /// How many keys a query needs for an error of ε‖V‖_∞; as ``note(_:store:epsilon:valueNorm:logits:)`` measures it.
    public static func needed(_ query: [Float], store: KeyValueStore, epsilon: Double) -> Int {
        needed(query, store: store, error: epsilon * ValueNorm(of: store).value)
    }

    static func needed(
        _ query: [Float], store: KeyValueStore, error: Double, _ logits: SoftmaxLogits = SoftmaxLogits()
    ) -> Int {
        let n = store.count
        let scores = query.withUnsafeBufferPointer { q in (0..<n).map { logits(Membership.score(q, store.key($0))) } }
        let order = (0..<n).sorted { scores[$0] > scores[$1] }
        guard let largest = order.first.map({ scores[$0] }) else { return 0 }
        let top = max(largest, logits.sink ?? largest)
        // From all keys down to fewer: the sums lose the smallest weight first.
        var mass = logits.sink.map { exp($0 - top) } ?? 0
        var sum = [Double](repeating: 0, count: store.valueDimension)
        for j in order.reversed() {
            let weight = exp(scores[j] - top)
            mass += weight
            let value = store.value(j)
            for t in sum.indices { sum[t] += weight * Double(value[t]) }
        }
        let whole = sum.map { $0 / mass }
        for kept in stride(from: n - 1, to: 0, by: -1) {
            let j = order[kept]
            let weight = exp(scores[j] - top)
            mass -= weight
            let value = store.value(j)
            var worst = 0.0
            for t in sum.indices {
                sum[t] -= weight * Double(value[t])
                worst = max(worst, abs(sum[t] / mass - whole[t]))
            }
            if !(worst <= error) { return kept + 1 }
        }
        return 1
    }
}

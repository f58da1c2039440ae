import Foundation

extension Aggregate {
    /// Adds a listed set: the plain way, for indexes that have no faster one.
    func add(_ report: Report, weight: Weight, store: KeyValueStore) {
        for (position, score) in zip(report.positions, report.scores) {
            let w = weight(Double(score))
            self.weight += w
            largestScore = max(largestScore, Double(score))
            let value = store.value(Int(position))
            for t in values.indices { values[t] += Float(w) * value[t] }
        }
        count += report.count
        work += report.work
    }

    /// Empties the sum for the next query.
    func reset() {
        for t in values.indices { values[t] = 0 }
        weight = 0
        count = 0
        largestScore = -.infinity
        work = Work()
        usedMoments = false
    }
}

extension Weight {
    /// The weight at score s.
    public func callAsFunction(_ s: Double) -> Double {
        switch self {
        case .power(let exponent, let shift): pow(max(0, s - shift), Double(exponent))
        case .exponential(let shift): exp(s - shift)
        }
    }
}

extension ReportingIndex {
    /// Exactly the r keys of largest score and every key tied with the last of them; all keys if r ≥ n.
    ///
    /// A half-space that a sample says holds about r keys is reported, a wider one where it held too few, and of what was
    /// reported the r largest are kept. The threshold used stands in `report.threshold`: the score of the last one kept.
    public func reportLargest(_ r: Int, of vector: [Float], into report: Report) throws(NonFiniteEntry) {
        let n = grown.end
        guard r > 0 else {
            self.report(try Query(vector, threshold: .infinity), into: report)
            return
        }
        var guess = r < n ? sample.guess(rank: r, of: n, for: vector) : -.infinity
        var work = Work()
        var wanted = r
        while true {
            self.report(try Query(vector, threshold: guess), into: report)
            work += report.work
            if report.count >= r || guess == -.infinity { break }
            // A sample that misled once is asked for twice as many, until it has nothing more to say.
            wanted *= 2
            guess = wanted < n ? min(sample.guess(rank: wanted, of: n, for: vector), guess.nextDown) : -.infinity
        }
        report.work = work
        if r < n { keepLargest(r, of: vector, in: report) }
    }

    /// Drops all but the r largest of a report and what ties with the last of them.
    private func keepLargest(_ r: Int, of vector: [Float], in report: Report) {
        let query = GuardBand(unbounded: vector, largestKeyNorm: store.largestKeyNorm)
        let root = Double(vector.count).squareRoot()
        let middle = query.exact ? 0 : report.scores.largest(r)
        // Scores in the report are float32: nearer to the r-th than this they are decided by the definition.
        let doubt = query.exact ? .infinity : 4 * query.slack / root + abs(Double(middle)) * 0x1p-22
        let (low, high) = (Double(middle) - doubt, Double(middle) + doubt)
        var above = 0
        var band: [(place: Int, score: Double)] = []
        vector.withUnsafeBufferPointer { q in
            for (place, score) in report.scores.enumerated() {
                if Double(score) > high {
                    above += 1
                } else if !(Double(score) < low) {
                    band.append((place, Membership.score(q, store.key(Int(report.positions[place])))))
                }
            }
        }
        band.sort { $0.score > $1.score }
        let threshold = band[r - above - 1].score
        let kept = Set(band.prefix { $0.score >= threshold }.map(\.place))
        var length = 0
        for place in report.scores.indices where Double(report.scores[place]) > high || kept.contains(place) {
            report.positions[length] = report.positions[place]
            report.scores[length] = report.scores[place]
            length += 1
        }
        report.positions.removeLast(report.positions.count - length)
        report.scores.removeLast(report.scores.count - length)
        report.threshold = threshold
    }
}

extension [Float] {
    /// The r-th largest, 1 ≤ r ≤ count: buckets of equal width are counted until one that holds it is short; O(count).
    fileprivate func largest(_ r: Int) -> Float {
        var rest = self
        var rank = r
        while rest.count > 64 {
            guard let low = rest.min(), let high = rest.max(), high > low, low.isFinite, high.isFinite else { break }
            let buckets = 256
            let scale = Float(buckets - 1) / (high - low)
            guard scale.isFinite, scale > 0 else { break }
            var counts = [Int](repeating: 0, count: buckets)
            for x in rest { counts[Int((x - low) * scale)] += 1 }
            var bucket = buckets - 1
            while rank > counts[bucket] {
                rank -= counts[bucket]
                bucket -= 1
            }
            let before = rest.count
            rest = rest.filter { Int(($0 - low) * scale) == bucket }
            if rest.count == before { break }
        }
        return rest.sorted(by: >)[rank - 1]
    }
}

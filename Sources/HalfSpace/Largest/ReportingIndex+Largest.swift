import CKernels

extension ReportingIndex {
    /// Exactly the r keys of largest score and every key tied with the last of them; all keys if r ≥ n.
    ///
    /// A half-space that `remembered` (a score that some more than r keys reached lately) or a sample says holds about r keys
    /// is reported, a wider one where it held too few, and of what was reported the r largest are kept. The threshold used
    /// stands in `report.threshold`: the score of the last one kept.
    public func reportLargest(
        _ r: Int, of vector: [Float], remembered: Double = -.infinity, into report: Report
    ) throws(NonFiniteEntry) {
        let n = grown.end
        guard r > 0 else {
            self.report(try Query(vector, threshold: .infinity), into: report)
            return
        }
        var guess = -Double.infinity
        if r < n { guess = remembered > -.infinity ? remembered : sample.guess(rank: r, of: n, for: vector) }
        var work = Work()
        var wanted = r
        while true {
            self.report(try Query(vector, threshold: guess), into: report)
            work += report.work
            if report.count >= r || guess == -.infinity { break }
            // A sample that misled once is asked for twice as many, until it has nothing more to say; memory misleads once.
            if guess != remembered { wanted *= 2 }
            guess = wanted < n ? min(sample.guess(rank: wanted, of: n, for: vector), guess.nextDown) : -.infinity
        }
        report.work = work
        if r < n { keepLargest(r, of: vector, in: report) }
    }

    /// Exactly the keys whose score is at least the largest less `reach`; that bound stands in `report.threshold`.
    ///
    /// One half-space is reported, from below the bound on, and cut where its own largest score says; only where it began too
    /// high (`remembered`, about the largest score, was too large) another follows.
    /// - Returns: the largest score; nil where there is no key.
    public func reportNearLargest(
        within reach: Double, of vector: [Float], remembered: Double = -.infinity, into report: Report
    ) throws(NonFiniteEntry) -> Double? {
        var work = Work()
        var bound = remembered - reach
        if bound > -.infinity {
            self.report(try Query(vector, threshold: bound), into: report)
            work += report.work
        }
        if bound == -.infinity || report.count == 0 {
            // The largest of a sample is the score of some key, so what lies below it by the reach is low enough.
            let sampled = sample.guess(rank: 1, of: grown.end, for: vector)
            bound = sampled > -.infinity ? sampled - doubt(about: sampled, of: vector) - reach : sampled
            self.report(try Query(vector, threshold: bound), into: report)
            work += report.work
        }
        guard report.count > 0 else {
            report.threshold = -reach
            return nil
        }
        let largest = largestScore(of: vector, in: report)
        if largest - reach < bound {
            self.report(try Query(vector, threshold: largest - reach), into: report)
            work += report.work
        } else {
            keep(reaching: largest - reach, of: vector, in: report)
        }
        report.work = work
        report.threshold = largest - reach
        return largest
    }

    /// The largest score of a report, by the definition.
    private func largestScore(of vector: [Float], in report: Report) -> Double {
        let top = report.scores.withUnsafeBufferPointer { $0.baseAddress.map { ck_largest($0, report.count) } ?? 0 }
        let low = Double(top) - doubt(about: Double(top), of: vector)
        return band(from: low, to: .infinity, of: vector, in: report).exact.max() ?? -.infinity
    }

    /// The scores by the definition of the entries whose float32 scores lie within bounds, or are no numbers; and how many lie
    /// above.
    private func band(
        from low: Double, to high: Double, of vector: [Float], in report: Report
    ) -> (exact: [Double], above: Int) {
        report.scratch.reserve(report.count)
        let places = report.scratch.ids
        var above = 0
        let found = report.scores.withUnsafeBufferPointer { scores in
            scores.baseAddress.map {
                ck_band(
                    $0, report.count, GuardBand.roundedDown(low), GuardBand.roundedUp(high), places, &above)
            } ?? 0
        }
        let exact = vector.withUnsafeBufferPointer { q in
            (0..<found).map { Membership.score(q, store.key(Int(report.positions[Int(places[$0])]))) }
        }
        return (exact, above)
    }

    /// Scores in a report are float32: nearer to `score` than this they are decided by the definition.
    private func doubt(about score: Double, of vector: [Float]) -> Double {
        let query = GuardBand(unbounded: vector, largestKeyNorm: store.largestKeyNorm)
        return query.exact ? .infinity : 4 * query.slack / Double(vector.count).squareRoot() + abs(score) * 0x1p-22
    }

    /// Drops what scores less than `threshold` from a report of a wider half-space.
    private func keep(reaching threshold: Double, of vector: [Float], in report: Report) {
        let doubt = doubt(about: threshold, of: vector)
        let (low, high) = (GuardBand.roundedDown(threshold - doubt), GuardBand.roundedUp(threshold + doubt))
        let count = report.count
        let length = report.positions.withUnsafeMutableBufferPointer { positions in
            report.scores.withUnsafeMutableBufferPointer { scores -> Int in
                guard let ids = positions.baseAddress, let x = scores.baseAddress else { return 0 }
                let likely = ck_keep(ids, x, count, low)
                return vector.withUnsafeBufferPointer { q in
                    var length = 0
                    for place in 0..<likely {
                        let (id, score) = (ids[place], x[place])
                        if !(score > high), Membership.score(q, store.key(Int(id))) < threshold { continue }
                        ids[length] = id
                        x[length] = score
                        length += 1
                    }
                    return length
                }
            }
        }
        report.positions.removeLast(count - length)
        report.scores.removeLast(count - length)
    }

    /// Drops all but the r largest of a report and what ties with the last of them.
    private func keepLargest(_ r: Int, of vector: [Float], in report: Report) {
        // Where float32 cannot hold the scores the definition decides about all.
        var (low, high) = (-Double.infinity, Double.infinity)
        if doubt(about: 0, of: vector).isFinite {
            report.scratch.reserve(report.count)
            let room = report.scratch.weights
            let middle = report.scores.withUnsafeBufferPointer { scores in
                scores.baseAddress.map { Double(ck_rank($0, scores.count, r, room)) } ?? 0
            }
            let doubt = doubt(about: middle, of: vector)
            (low, high) = (middle - doubt, middle + doubt)
        }
        var (band, above) = band(from: low, to: high, of: vector, in: report)
        band.sort(by: >)
        let threshold = band[r - above - 1]
        keep(reaching: threshold, of: vector, in: report)
        report.threshold = threshold
    }
}

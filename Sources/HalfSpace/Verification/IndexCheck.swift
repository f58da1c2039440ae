import CKernels

/// Compares the answers of one index with the definition.
struct IndexCheck {
    let fuzz: FuzzCase
    let choice: IndexChoice
    let index: ReportingIndex
    private(set) var sets = 0
    private(set) var sums = 0
    private(set) var largest = 0
    private let report = Report()

    init(fuzz: FuzzCase, choice: IndexChoice, index: ReportingIndex) {
        self.fuzz = fuzz
        self.choice = choice
        self.index = index
    }

    private func mismatch(_ what: String) -> IndexVerifier.Mismatch {
        IndexVerifier.Mismatch(seed: fuzz.seed, index: choice.name, description: "\(choice.name): \(what); \(fuzz)")
    }

    /// Asks so many queries: the set, sums over it, the largest.
    mutating func ask(_ queries: Int, _ random: inout SplitMix) throws {
        for _ in 0..<queries {
            let (vector, threshold) = fuzz.query(index.store, &random)
            let query = try Query(vector, threshold: threshold)
            let scores = vector.withUnsafeBufferPointer { q in
                (0..<index.store.count).map { Membership.score(q, index.store.key($0)) }
            }
            let members = scores.indices.filter { scores[$0] >= threshold }
            try checkSet(query, scores, members)
            if !members.isEmpty && threshold.isFinite { try checkSums(query, scores, members) }
            try checkLargest(vector, scores, Int(random.next() % UInt64(scores.count + 2)))
        }
    }

    private mutating func checkSet(_ query: Query, _ scores: [Double], _ members: [Int]) throws {
        sets += 1
        index.report(query, into: report)
        try compare(report, with: members, "b = \(query.threshold)", scores, query.vector)
        let counted = index.count(query)
        guard counted == members.count else {
            throw mismatch("a count of \(counted) keys instead of \(members.count) for b = \(query.threshold)")
        }
        guard report.scores.count == report.count else {
            throw mismatch("\(report.count) positions, \(report.scores.count) scores")
        }
    }

    private func compare(
        _ report: Report, with members: [Int], _ asked: String, _ scores: [Double], _ vector: [Float]
    ) throws {
        let found = report.positions.map(Int.init).sorted()
        guard found != members else { return }
        let missed = Set(members).subtracting(found)
        let extra = Set(found).subtracting(members)
        let example = (missed.first ?? extra.first).map {
            ", as key \($0) with score \($0 < scores.count ? scores[$0] : .nan)"
        }
        throw mismatch(
            "of \(members.count) keys \(missed.count) missed, \(extra.count) extra, \(found.count - Set(found).count) twice"
                + "\(example ?? "") for \(asked), |q| ≤ \(vector.map(abs).max() ?? 0)")
    }

    /// How far a float32 score, less b, may be from the definition's.
    private func scoreError(_ vector: [Float], _ b: Double) -> Double {
        var reach = 0.0
        for j in 0..<index.store.count {
            var size = 0.0
            for (q, k) in zip(vector, index.store.key(j)) { size += abs(Double(q) * Double(k)) }
            reach = max(reach, size)
        }
        return ck_score_error(fuzz.d, reach, b) + 1e-38
    }

    private mutating func checkSums(_ query: Query, _ scores: [Double], _ members: [Int]) throws {
        let b = query.threshold
        let error = scoreError(query.vector, b)
        let top = members.map { scores[$0] }.max() ?? b
        // Weights that float32 cannot hold are summed from a listed set by whoever asked.
        guard top - b < 1e8, abs(b) < 1e12 else { return }
        for weight in [
            Weight.power(exponent: 1, shift: b), .power(exponent: 2, shift: b), .power(exponent: 3, shift: b),
            .exponential(shift: top),
        ] {
            if case .exponential = weight, error > 1e-3 { continue }
            sums += 1
            let sum = index.aggregate(query, weight: weight)
            guard sum.count == members.count else {
                throw mismatch("a sum over \(sum.count) keys instead of \(members.count) for b = \(b), \(weight)")
            }
            var expected = [Double](repeating: 0, count: fuzz.dv)
            var slack = [Double](repeating: 1e-30, count: fuzz.dv)
            var total = 0.0
            var totalSlack = 1e-30
            for j in members {
                let w = weight(scores[j])
                let doubt = weight(scores[j] + error) - weight(scores[j] - error) + 2e-5 * w
                total += w
                totalSlack += doubt
                for (t, v) in index.store.value(j).enumerated() {
                    expected[t] += w * Double(v)
                    slack[t] += doubt * abs(Double(v))
                }
            }
            // What float32 cannot represent may vanish.
            let floor = Double(members.count) * 1e-37
            guard abs(sum.weight - total) <= totalSlack + floor else {
                throw mismatch("Σ w = \(sum.weight) instead of \(total) ± \(totalSlack) for b = \(b), \(weight)")
            }
            for t in 0..<fuzz.dv where !(abs(sum.values[t] - expected[t]) <= slack[t] + 10 * floor) {
                throw mismatch(
                    "Σ w·v[\(t)] = \(sum.values[t]) instead of \(expected[t]) ± \(slack[t]) for b = \(b), \(weight)")
            }
        }
    }

    private mutating func checkLargest(_ vector: [Float], _ scores: [Double], _ r: Int) throws {
        largest += 1
        try index.reportLargest(r, of: vector, into: report)
        let members: [Int]
        if r == 0 {
            members = []
        } else if r >= scores.count {
            members = Array(scores.indices)
        } else {
            let threshold = scores.sorted(by: >)[r - 1]
            members = scores.indices.filter { scores[$0] >= threshold }
        }
        try compare(report, with: members, "the \(r) largest", scores, vector)
    }
}

/// How many principal components a prefix keeps: as many as make a query over a sample of the keys cheapest.
///
/// A short prefix is read quickly and its bound leaves keys that must be read in float32. Where all leave many, and it is the
/// longest, the keys are not of low rank.
struct PrefixLength {
    /// Components kept.
    let components: Int
    /// The share of the keys that the bound leaves though they are outside.
    let excess: Double

    /// One less than a multiple of four, with the norm of the rest beside them: codes lie in fours.
    static let lengths = [1, 3, 7, 11, 15, 19, 23, 27, 31, 35, 39]

    /// The share of the keys that a bound may leave though they are outside.
    static let mostExcess = 0.25

    private static let rows = 512
    private static let queryCount = 8
    /// The share of the keys in the half-spaces that are tried.
    private static let members = 0.02
    /// What codes of 4 bits add to the bound, against the length of the keys' components.
    private static let codeError = 0.07

    /// The axes that it takes at most in d dimensions; nil where there is no prefix.
    static func longest(dimension d: Int) -> Int? { lengths.last { $0 < d } }

    /// The cheapest over `count` rows at `keys`, for queries like those given; without any, keys and normal vectors stand for
    /// them.
    init(_ principal: PrincipalAxes, keys: UnsafePointer<Float>, count: Int, queries: [[Float]]) {
        let d = principal.mean.count
        let lengths = Self.lengths.filter { $0 < d }
        let step = max(1, count / Self.rows)
        let sample = stride(from: 0, to: count, by: step).map { row in
            (0..<d).map { Double(keys[row * d + $0]) - principal.mean[$0] }
        }
        let projected = sample.map { Projection($0, principal, lengths) }
        let asked = Self.queries(queries, sample: sample)
        var excess = [Double](repeating: 0, count: lengths.count)
        for query in asked {
            let scores = sample.map { Self.product($0, query) }
            let rank = min(Int(Self.members * Double(scores.count)), scores.count - 1)
            let least = scores.sorted(by: >)[rank]
            let outside = Projection(query, principal, lengths).excess(
                over: projected, scores: scores, least: least, principal, lengths, codeError: Self.codeError)
            for i in excess.indices { excess[i] += outside[i] / Double(asked.count * scores.count) }
        }
        // Of a key: its codes in order where boxes do not rule them out, and what the key itself takes where they leave it.
        let machine = MachineCosts.current
        let candidate = machine.microseconds(
            of: StepWork.Phase("candidates", lines: StepShape.lines(4 * d), products: Double(d)),
            from: machine.far)
        let costs = lengths.indices.map {
            let entries = Double(lengths[$0] + 1)
            let codes = StepWork.Phase("codes", bytes: entries / 2, codes: entries)
            return machine.microseconds(of: codes, from: machine.far) + excess[$0] * candidate
        }
        let serving = costs.indices.filter { excess[$0] <= Self.mostExcess }
        let best = serving.min { costs[$0] < costs[$1] } ?? lengths.count - 1
        (components, self.excess) = (lengths[best], excess[best])
    }

    private static func queries(_ given: [[Float]], sample: [[Double]]) -> [[Double]] {
        if !given.isEmpty { return given.prefix(queryCount).map { $0.map(Double.init) } }
        var random = SplitMix(seed: 3)
        return (0..<queryCount).map { i in
            let key = sample[Int(random.next() % UInt64(sample.count))]
            return i % 2 == 0 ? key : key.map { _ in random.normal() }
        }
    }

    private static func product(_ x: [Double], _ y: [Double]) -> Double {
        zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

/// A vector's components along the axes, and what each length of prefix leaves of its norm.
private struct Projection {
    let components: [Double]
    let rests: [Double]
    let norms: [Double]

    init(_ x: [Double], _ principal: PrincipalAxes, _ lengths: [Int]) {
        let d = x.count
        let square = x.reduce(0) { $0 + $1 * $1 }
        components = (0..<(lengths.last ?? 0)).map { axis in
            var sum = 0.0
            for t in 0..<d { sum += principal.axes[axis * d + t] * x[t] }
            return sum
        }
        var kept = 0.0
        var (rests, norms) = ([Double](), [Double]())
        for (axis, component) in components.enumerated() {
            kept += component * component
            guard lengths.contains(axis + 1) else { continue }
            rests.append(max(0, square - kept).squareRoot())
            norms.append(kept.squareRoot())
        }
        (self.rests, self.norms) = (rests, norms)
    }

    /// For each length, the keys whose bound reaches `least` though their score does not.
    func excess(
        over keys: [Projection], scores: [Double], least: Double, _ principal: PrincipalAxes, _ lengths: [Int],
        codeError: Double
    ) -> [Double] {
        var count = [Double](repeating: 0, count: lengths.count)
        let slack = lengths.indices.map {
            codeError * norms[$0] * principal.variances[..<lengths[$0]].reduce(0, +).squareRoot()
        }
        for (key, score) in zip(keys, scores) where score < least {
            var (sum, axis) = (0.0, 0)
            for (i, length) in lengths.enumerated() {
                while axis < length {
                    sum += components[axis] * key.components[axis]
                    axis += 1
                }
                if sum + rests[i] * key.rests[i] + slack[i] >= least { count[i] += 1 }
            }
        }
        return count
    }
}

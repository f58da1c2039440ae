import Foundation
import HalfSpace

/// The error of softmax over the r largest of one query, and everything that bounds or predicts it, for many r. Float64.
public struct AccuracyCurve: Sendable {
    /// One kept count.
    public struct Point: Sendable {
        /// Keys kept: r and all that tie with the last.
        public var kept: Int
        /// The score of the last one kept.
        public var threshold: Double
        /// ‖out_R − out‖_∞.
        public var maxError: Double
        /// ‖out_R − out‖₂ / ‖out‖₂.
        public var relativeError: Double
        /// p, the share of the mass that is kept.
        public var mass: Double
        /// p by the tilt law from the row's own mean and spread.
        public var predictedMass: Double
        /// `2(1 − p)‖V‖_∞`.
        public var massBound: Double
        /// From b and the kept mass alone.
        public var certificate: Double
        /// The paper's bound with its fitted parameters, where they exist.
        public var massive: MassiveActivation?
        public var paperBound: Double?
    }

    public let points: [Point]
    /// Mean and standard deviation of the row's scores.
    public let spread: ScoreSpread
    /// The whole row's output.
    public let output: [Double]
    public let valueNorm: Double

    /// Scores every key, sorts, and sums from the largest down; O(n·(d + dv) + n log n).
    ///
    /// Over the first `rows` of the store, or all.
    public init(_ query: [Float], store: KeyValueStore, rows: Int? = nil, kept: [Int], valueNorm: Double) {
        let n = rows ?? store.count
        let scores = query.withUnsafeBufferPointer { q in (0..<n).map { Membership.score(q, store.key($0)) } }
        let order = (0..<n).sorted { scores[$0] > scores[$1] }
        let falling = order.map { scores[$0] }
        spread = Self.spread(of: scores)
        self.valueNorm = valueNorm

        var marks = Set(kept.map { Self.withTies(min(max($0, 0), n), falling) })
        marks.insert(n)
        let prefix = Self.prefixes(order, falling, store: store, marks: marks)
        let whole = prefix[n] ?? Prefix(output: [], logMass: -.infinity, scoreSum: 0)
        output = whole.output
        let norm = Self.norm(whole.output)
        var points: [Point] = []
        for r in marks.sorted() where r > 0 {
            guard let part = prefix[r] else { continue }
            let difference = zip(part.output, whole.output).map { $0 - $1 }
            let lost = SoftmaxBounds.lostShare(logKept: part.logMass, logAll: whole.logMass)
            let massive =
                r < n
                ? MassiveActivation(
                    meanKept: part.scoreSum / Double(r), largestLeftOut: falling[r], kept: r, of: n, query: query)
                : nil
            points.append(
                Point(
                    kept: r, threshold: falling[r - 1], maxError: difference.map(abs).max() ?? 0,
                    relativeError: norm > 0 ? Self.norm(difference) / norm : 0, mass: 1 - lost,
                    predictedMass: TiltLaw.mass(kept: r, of: n, deviation: spread.deviation),
                    massBound: 2 * lost * valueNorm,
                    certificate: SoftmaxBounds.certificate(
                        logKept: part.logMass, leftOut: n - r, threshold: falling[r - 1], valueNorm: valueNorm),
                    massive: massive, paperBound: massive?.bound(valueNorm: valueNorm)))
        }
        self.points = points
    }

    /// The point at which r keys are kept, and those that tie with the last of them; nil where none is kept.
    public func point(keeping r: Int) -> Point? {
        r > 0 ? points.first { $0.kept >= r } ?? points.last : nil
    }

    private struct Prefix {
        var output: [Double]
        var logMass: Double
        var scoreSum: Double
    }

    private static func prefixes(
        _ order: [Int], _ falling: [Double], store: KeyValueStore, marks: Set<Int>
    ) -> [Int: Prefix] {
        var found: [Int: Prefix] = [:]
        guard let top = falling.first else { return found }
        var sum = Array(repeating: 0.0, count: store.valueDimension)
        var mass = 0.0
        var scoreSum = 0.0
        for (i, j) in order.enumerated() {
            let w = exp(falling[i] - top)
            mass += w
            scoreSum += falling[i]
            let value = store.value(j)
            for t in sum.indices { sum[t] += w * Double(value[t]) }
            if marks.contains(i + 1) {
                found[i + 1] = Prefix(output: sum.map { $0 / mass }, logMass: top + log(mass), scoreSum: scoreSum)
            }
        }
        return found
    }

    private static func withTies(_ r: Int, _ falling: [Double]) -> Int {
        guard r > 0 else { return 0 }
        var end = r
        while end < falling.count, falling[end] == falling[r - 1] { end += 1 }
        return end
    }

    private static func spread(of scores: [Double]) -> ScoreSpread {
        guard !scores.isEmpty else { return ScoreSpread(mean: 0, deviation: 0) }
        let mean = scores.reduce(0, +) / Double(scores.count)
        let square = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
        return ScoreSpread(mean: mean, deviation: square.squareRoot())
    }

    private static func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}

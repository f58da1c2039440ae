import Foundation

/// What the lemma's thresholds take from the queries that a call serves: how many there are, and the spread of their entries.
public struct QueryPopulation: Sendable, Equatable {
    /// m: 1 in decoding, the number of queries in prefilling.
    public var count: Int
    /// σ_q, the root mean square of their entries.
    public var rootMeanSquare: Double

    public init(count: Int, rootMeanSquare: Double) {
        self.count = count
        self.rootMeanSquare = rootMeanSquare
    }

    /// The queries given row-major, each of length d.
    public init(_ queries: [Float], dimension: Int) {
        var sum = 0.0
        for entry in queries { sum += Double(entry) * Double(entry) }
        count = queries.count / dimension
        rootMeanSquare = queries.isEmpty ? 0 : (sum / Double(queries.count)).squareRoot()
    }
}

/// Chooses b for a query from what is known of the keys; O(d²) a query, no pass over the keys (arXiv 2410.10165, section 4,
/// and its corrections: see ``ThresholdRule``).
public struct ThresholdChooser: Sendable {
    public var settings: ThresholdSettings
    public var activation: Activation
    /// δ of the lemma: the chance that some row has more than 2n^{4/5} entries.
    public static let failure = 0.01

    public init(settings: ThresholdSettings, activation: Activation) {
        self.settings = settings
        self.activation = activation
    }

    /// The threshold of one query over the keys of `statistics`; `population` is the query alone where nil (decoding).
    public func choose(
        _ query: [Float], over keys: KeyStatistics, population: QueryPopulation? = nil
    ) -> ChosenThreshold {
        let spread = keys.scores(of: query)
        if case .entmax = activation { return ChosenThreshold(value: 0, spread: spread) }
        let n = Double(keys.count)
        let shift = settings.offset == 0 ? 0 : settings.offset * spread.deviation
        var b: Double
        switch settings.rule {
        // What keeps the error below a goal is found by the index, in the time of the step; a budget stands for it meanwhile.
        case .count, .error: return chooseCount(keys.count, shift: shift, spread: spread)
        case .manual, .learned: b = settings.manual
        case .calibrated: b = spread.mean + Self.distance(keys.count) * spread.deviation
        case .paper, .tight:
            let queries = population ?? QueryPopulation(query, dimension: keys.dimension)
            b =
                Self.distance(keys.count) * Self.slack(settings.rule, queries: queries.count, dimension: keys.dimension)
                * queries.rootMeanSquare * keys.rootMeanSquare
        }
        b += shift
        return ChosenThreshold(value: b, predicted: n * spread.share(above: b), spread: spread)
    }

    /// `√(0.4 ln n)`: the distance in standard deviations at which a Gaussian tail falls to n^{−1/5}.
    public static func distance(_ n: Int) -> Double { n > 1 ? (0.4 * log(Double(n))).squareRoot() : 0 }

    /// σ_a / (σ_q σ_k): `4(1 + x)^{1/2}` in the lemma, `√(1 + 2√x + 2x)` by Laurent and Massart, with x = ln(m/δ)/d.
    public static func slack(_ rule: ThresholdRule, queries m: Int, dimension d: Int) -> Double {
        let x = log(Double(max(1, m)) / failure) / Double(d)
        return rule == .paper ? 4 * (1 + x).squareRoot() : (1 + 2 * x.squareRoot() + 2 * x).squareRoot()
    }

    private func chooseCount(_ n: Int, shift: Double, spread: ScoreSpread) -> ChosenThreshold {
        let r = settings.budget.count(of: n)
        var predicted = Double(r)
        if shift != 0, n > 0 {
            let distance = Normal.quantile(ofUpperTail: predicted / Double(n)) + settings.offset
            predicted = Double(n) * Normal.upperTail(distance)
        }
        return ChosenThreshold(value: 0, keepLargest: r, shift: shift, predicted: predicted, spread: spread)
    }
}

import HalfSpace

/// Algorithm 1 of arXiv 2410.10165, generation decoding, line by line: K and V are fixed, queries come one at a time.
///
/// The index is built once, with the practical counterpart of Part 2 where it can serve these keys, else with what the planner
/// chooses. ``SparseAttention`` is the same inference for a cache that grows, with its sums inside the index.
public final class GenerationDecoding {
    /// The index over K.
    public let hsr: ReportingIndex
    private let keys: KeyStatistics
    private let chooser: ThresholdChooser
    private let reported = Report()

    /// Init: `HSR.Init(K)`.
    public init(_ store: KeyValueStore, activation: Activation, threshold: ThresholdSettings) throws {
        hsr = try Self.part2(store)
        keys = KeyStatistics(of: store, rows: 0..<store.count)
        chooser = ThresholdChooser(settings: threshold, activation: activation)
    }

    /// Inference: for one query the output `D⁻¹ A V`, 0 for an empty row.
    public func infer(_ query: [Float]) throws -> AlgorithmRow {
        // b, as the rule has it.
        let b = chooser.choose(query, over: keys)
        // S ← HSR.Query(q, b): the activated entries.
        let threshold = try hsr.query(query, b, chooser.activation, into: reported)
        // A_j for j ∈ S only, normalised by D.
        let weights = hsr.weights(query, chooser.activation, threshold, reported)
        // D⁻¹ A V.
        var output = [Float](repeating: 0, count: hsr.store.valueDimension)
        hsr.sumValues(of: reported, weights: weights, into: &output)
        return AlgorithmRow(output: output, threshold: threshold, positions: reported.positions)
    }

    private static func part2(_ store: KeyValueStore) throws -> ReportingIndex {
        do {
            return try ReportingIndex(store: store, choice: .fixed(.net))
        } catch is IndexCannotServe {
            return try ReportingIndex(store: store, choice: .auto)
        }
    }
}

/// One row of either algorithm.
public struct AlgorithmRow: Sendable, Equatable {
    /// `D⁻¹ A V`, dv floats.
    public var output: [Float]
    /// b, in score units; entmax, which has none, stands below its largest score by as much as its support reaches at most.
    public var threshold: Double
    /// S, the keys that were reported.
    public var positions: [UInt32]

    public init(output: [Float], threshold: Double, positions: [UInt32]) {
        (self.output, self.threshold, self.positions) = (output, threshold, positions)
    }
}

/// Algorithm 2 of arXiv 2410.10165, prompt prefilling, line by line: many queries at once, the index built inside with the
/// practical counterpart of Part 1. ``Prefill`` computes the same rows and shares work between queries.
///
/// - Parameters:
///   - queries: m · d floats, row-major.
///   - store: The keys and values that every row sees.
///   - activation: How scores become weights.
///   - threshold: The rule that finds b.
///   - each: Is given every row as it is done; what it throws ends the call.
public func promptPrefilling(
    _ queries: [Float], _ store: KeyValueStore, activation: Activation, threshold: ThresholdSettings,
    each: (AlgorithmRow) throws -> Void
) throws {
    // HSR.Init(K).
    let hsr = try ReportingIndex(store: store, choice: .fixed(.tree))
    let keys = KeyStatistics(of: store, rows: 0..<store.count)
    let chooser = ThresholdChooser(settings: threshold, activation: activation)
    let population = QueryPopulation(queries, dimension: store.dimension)
    let reported = Report()
    for i in 0..<queries.count / store.dimension {
        let query = Array(queries[i * store.dimension..<(i + 1) * store.dimension])
        let b = chooser.choose(query, over: keys, population: population)
        // S_i ← HSR.Query(Q_i, b).
        let threshold = try hsr.query(query, b, activation, into: reported)
        // A_ij for j ∈ S_i only, normalised by D_ii; then (D⁻¹ A V)_i.
        let weights = hsr.weights(query, activation, threshold, reported)
        var output = [Float](repeating: 0, count: store.valueDimension)
        hsr.sumValues(of: reported, weights: weights, into: &output)
        try each(AlgorithmRow(output: output, threshold: threshold, positions: reported.positions))
    }
}

extension ReportingIndex {
    /// Reports the activated entries of a query; returns the threshold, which for the r largest and for entmax is found here.
    fileprivate func query(
        _ query: [Float], _ b: ChosenThreshold, _ activation: Activation, into reported: Report
    ) throws -> Double {
        var threshold = b.value
        if case .entmax(let alpha) = activation {
            let reach = Entmax.reach(alpha)
            return (try reportNearLargest(within: reach, of: query, into: reported) ?? 0) - reach
        } else if let r = b.keepLargest {
            try reportLargest(r, of: query, into: reported)
            guard let least = scores(query, reported).min() else { return .infinity }
            threshold = least + b.shift
        }
        report(try Query(query, threshold: threshold), into: reported)
        return threshold
    }

    /// The normalised weights of the reported entries, in float64.
    fileprivate func weights(
        _ query: [Float], _ activation: Activation, _ threshold: Double, _ reported: Report
    ) -> [Float] {
        var weights: [Float] = []
        _ = ScoreWeights.fill(
            &weights, scores: scores(query, reported), activation: activation, threshold: threshold)
        return weights
    }

    private func scores(_ query: [Float], _ reported: Report) -> [Double] {
        query.withUnsafeBufferPointer { q in reported.positions.map { Membership.score(q, store.key(Int($0))) } }
    }
}

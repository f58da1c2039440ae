import HalfSpace

extension HeadCache {
    /// Attention of a prompt's rows over the keys up to each row's own, by Algorithm 2; the keys are there already.
    /// - Parameters:
    ///   - queries: m · d floats, row-major, of the newest m rows.
    ///   - activation: How scores become weights.
    ///   - threshold: The rule that finds b.
    ///   - own: b of every row as the model learned it, for the rule that takes it.
    ///   - method: The way; `auto` measures.
    ///   - threads: Workers; nil: one a core.
    ///   - progress: Told the share that is done; may throw to end it.
    /// - Throws: `NonFiniteEntry`, ``PrefillError``, or what `progress` throws.
    public func prefill(
        _ queries: [Float], activation: Activation, threshold: ThresholdSettings, own: [Double],
        method: PrefillMethod,
        threads: Int?, progress: @escaping @Sendable (_ share: Double) throws -> Void
    ) throws -> PrefillResult {
        var request = PrefillRequest(queries: queries, activation: activation, causal: true, threads: threads)
        request.threshold = threshold
        if threshold.rule == .learned { request.givenThresholds = own }
        request.method = method
        return try Prefill.run(request, store: store) { done in
            if done.stage == "rows" { try progress(Double(done.rowsDone) / Double(max(1, done.rows))) }
        }
    }
}

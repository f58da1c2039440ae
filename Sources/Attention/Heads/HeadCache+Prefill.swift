import HalfSpace

extension HeadCache {
    /// Attention of a prompt's rows over the keys up to each row's own, by Algorithm 2; the keys are there already.
    /// - Parameters:
    ///   - queries: m · d floats, row-major, of the newest m rows.
    ///   - thresholds: b of every row, where the rule is the model's own.
    /// - Throws: `NonFiniteEntry`, ``PrefillError``, or what `progress` throws.
    public func prefill(
        _ queries: [Float], activation: Activation, threshold: ThresholdSettings?, thresholds: [Double],
        method: PrefillMethod,
        threads: Int?, progress: @escaping @Sendable (_ share: Double) throws -> Void
    ) throws -> PrefillResult {
        var request = PrefillRequest(queries: queries, activation: activation, causal: true, threads: threads)
        if let threshold { request.threshold = threshold } else { request.givenThresholds = thresholds }
        request.method = method
        return try Prefill.run(request, store: store) { done in
            if done.stage == "rows" { try progress(Double(done.rowsDone) / Double(max(1, done.rows))) }
        }
    }
}

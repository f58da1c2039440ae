/// One index asked without the blocks and the tail that grow after it: for probes on a sample.
struct SoloReporter {
    private let index: PreparedIndex
    private let plan: StepPlan
    private let exactScan: ExactScan

    init(_ index: any StaticIndex, store: KeyValueStore) {
        self.index = PreparedIndex(index)
        plan = StepPlan(store: store)
        plan.set([self.index])
        plan.move(tail: index.rows.upperBound..<index.rows.upperBound)
        exactScan = ExactScan(store: store, rows: index.rows)
    }

    /// Adds exactly the keys of the half-space to the report, and the work to its work.
    func add(_ query: Query, to report: Report) {
        if !plan.list(query, into: report) { exactScan.list(query, into: report) }
    }

    /// Exactly the keys of the half-space.
    func report(_ query: Query, into report: Report) {
        report.clear(threshold: query.threshold)
        add(query, to: report)
    }

    /// `Σ w·v` and `Σ w` over the half-space.
    func aggregate(_ query: Query, weight: Weight) -> Aggregate {
        plan.sum(query, weight: weight) ?? exactScan.sum(query, weight: weight)
    }
}

import CKernels

/// How fast the kernels of a step are on what stands near: each run over rows that fit a near cache.
struct KernelRates {
    /// Float32 products summed, entries of codes compared for a query alone and for each of several, exponentials: each a microsecond.
    let products, codes, codesTogether, exponentials: Double

    private static let (rows, d) = (2048, 64)

    init() {
        var dice = SplitMix(seed: 1)
        func uniform(_ count: Int) -> [Float] {
            (0..<count).map { _ in Float(Int64(bitPattern: dice.next()) >> 40) * 0x1p-23 }
        }
        func store(_ n: Int, _ d: Int) -> KeyValueStore {
            let store = KeyValueStore(dimension: d, valueDimension: 1, capacity: n)
            // Uniform keys are finite, so none is refused.
            try? store.append(keys: uniform(n * d), values: uniform(n))
            return store
        }
        let long = store(Self.rows, Self.d)
        products = Self.productRate(long)
        let query = uniform(Self.d)
        codes = Self.codeRate(long, query: query) ?? products
        codesTogether = Self.togetherRate(long, query: query) ?? codes
        exponentials = Self.exponentialRate(uniform(4096))
    }

    private static func productRate(_ store: KeyValueStore) -> Double {
        let scratch = Scratch(capacity: store.count)
        let q = scratch.padded([Float](repeating: 1, count: store.dimension))
        var view = store.kernelRows
        return Double(store.count * store.dimension) / quickest { ck_dots(&view, 0, store.count, q, scratch.dots) }
    }

    /// A query that hardly a key reaches, though their bounds do: what is left is the scan of the codes.
    private static func codeRate(_ store: KeyValueStore, query: [Float]) -> Double? {
        guard let index = try? QuantisedIndex(store: store, rows: 0..<store.count, progress: { _ in }),
            let far = try? Query(query, threshold: 1.3)
        else { return nil }
        let (report, reporter) = (Report(), SoloReporter(index, store: store))
        return Double(store.count * store.dimension) / quickest { reporter.report(far, into: report) }
    }

    /// The same for queries that are looked for together.
    private static func togetherRate(_ store: KeyValueStore, query: [Float]) -> Double? {
        var hints = QueryHints()
        hints.sharing = 4
        guard
            let index = try? QuantisedIndex(
                store: store, rows: 0..<store.count, hints: hints, threads: 1, progress: { _ in }),
            let far = try? Query(query, threshold: 1.3)
        else { return nil }
        let (report, plan) = (Report(), StepPlan(store: store))
        // The plan points at what its driver works in.
        let prepared = PreparedIndex(index)
        defer { withExtendedLifetime(prepared) {} }
        plan.set([prepared])
        plan.move(tail: store.count..<store.count)
        let time = quickest {
            let numbers = (0..<hints.sharing).map { _ in plan.expect(far.vector, above: far.threshold) }
            plan.look()
            for number in numbers {
                report.clear(threshold: far.threshold)
                _ = plan.asking(number) { plan.list(far, into: report) }
            }
            plan.endLook()
        }
        return Double(hints.sharing * store.count * store.dimension) / time
    }

    private static func exponentialRate(_ scores: [Float]) -> Double {
        let scratch = Scratch(capacity: scores.count)
        scratch.reserve(scores.count)
        for (i, x) in scores.enumerated() { scratch.dots[i] = x }
        return Double(scores.count)
            / quickest { keep(ck_exponential_weights(scratch.dots, scores.count, 1, 1, scratch.weights)) }
    }
}

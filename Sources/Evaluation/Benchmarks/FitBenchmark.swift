import HalfSpace

/// How well a step through an index is predicted, and how near it comes to what memory allows.
public struct FitBenchmark {
    public let plan: BenchmarkPlan
    public let costs: MachineCosts
    private let decode: DecodeBenchmark

    /// - Parameter costs: the units in which steps are reckoned.
    public init(_ plan: BenchmarkPlan, costs: MachineCosts) {
        self.plan = plan
        self.costs = costs
        var decode = DecodeBenchmark(plan)
        decode.timesRivals = false
        self.decode = decode
    }

    /// Times in microseconds.
    public struct Measurement {
        /// The medians of the index's step and of naive's.
        public let taken, naive: Double
        /// What the planner reckons from a sample of the keys, and the same from what the queries really read.
        public let predicted, counted: Double
        /// What the planner reckons of naive's step.
        public let dense: Double
        /// What the step did, a query.
        public let work: StepWork
        /// Microseconds that its reads take at the machine's rates.
        public let allowed: Double

        /// Predicted over measured, less 1.
        public var error: Double { predicted / taken - 1 }

        /// Bytes that had to move in order, and those in cache lines from anywhere.
        public var bytesInOrder: Double { work.phases.reduce(0) { $0 + $1.bytes } }
        public var bytesAtRandom: Double { work.phases.reduce(0) { $0 + $1.lines * MachineCosts.lineBytes } }

        /// The share of the time taken that the reads alone account for.
        public var quotient: Double { allowed / taken }
    }

    private var state: MachineCosts.State { plan.cold == nil ? .warm : .cold }

    /// nil where the index would not say what it expects.
    /// - Throws: `IndexCannotServe`, or what `plan.progress` throws.
    public func measure(_ input: BenchmarkInput, kind: IndexKind) throws -> Measurement? {
        let result = try decode.measure(input, choice: .fixed(kind))
        guard let expected = kind.expectedWork(over: input.store, hints: result.hints) else { return nil }
        let work = kind.work(of: result.counts(of: kind), in: result.shape)
        return Measurement(
            taken: result.hsr.median, naive: result.naive.median,
            predicted: costs.microseconds(of: expected, state), counted: costs.microseconds(of: work, state),
            dense: costs.microseconds(of: .dense(result.shape), state), work: work,
            allowed: costs.reading(of: work, state))
    }

    /// What takes most beyond the reads themselves: waiting for code and tables, or the arithmetic of a phase.
    public func loss(of measurement: Measurement) -> String {
        let memory = costs.memory(of: measurement.work, state)
        let waits = ("lines waited for", measurement.work.waits * memory.wait)
        let phases = measurement.work.phases.map { phase in
            var reads = StepWork.Phase(phase.name)
            (reads.bytes, reads.lines, reads.places) = (phase.bytes, phase.lines, phase.places)
            return (
                phase.name, costs.microseconds(of: phase, from: memory) - costs.microseconds(of: reads, from: memory)
            )
        }
        return ([waits] + phases).max { $0.1 < $1.1 }?.0 ?? ""
    }
}

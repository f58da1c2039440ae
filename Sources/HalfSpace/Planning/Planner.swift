/// What `auto` chooses, and why in one sentence.
struct Plan: Sendable, Equatable {
    var kind: IndexKind
    /// Whether a step should read everything as dense attention does, because no index pays.
    var answersDensely: Bool
    var reason: String
    /// What the choice is expected to take of a cold step, in microseconds; nil where it was not reckoned.
    var expected: Double?
}

/// Chooses the index whose decode step is expected to be the shortest: what each index expects to do, as it counted on a
/// sample of the keys, in the units that the machine takes for it. No clock is looked at, so that the same run makes the
/// same choices.
struct Planner {
    private let shape: StepShape
    private let machine: MachineCosts
    private let probe: PlanProbe
    private let naive: StepWork

    /// What a kind is expected to take, as shares of naive's step.
    struct Cost {
        let kind: IndexKind
        /// Microseconds of a cold step.
        let cold: Double
        /// Of naive's step, cold or warm, whatever is worse: a choice must not lose in either.
        let share: Double
        /// The same of the step without an index.
        let ofPlain: Double
    }

    /// An index is taken where it is expected to take less than this share of a step that reads everything, and kept in use up to
    /// `keeping`: near ties do not turn a choice to and fro.
    private static let (taking, keeping) = (0.9, 0.97)

    /// Looks at the keys of a store when it is asked; some milliseconds where there are many.
    init(store: KeyValueStore, hints: QueryHints, machine: MachineCosts = .current) {
        self.machine = machine
        probe = PlanProbe(of: store, hints: hints)
        shape = probe.shape
        naive = StepWork.dense(shape)
    }

    /// The plan, where some kinds were found not to serve; `inUse` stands already, and is left only for good reason.
    func plan(without refused: Set<IndexKind> = [], inUse: IndexKind? = nil) -> Plan {
        let n = shape.n
        guard canPay else {
            return fallback("\(n) \(n == 1 ? "key is" : "keys are") too few for an index to earn its fixed cost")
        }
        let costs = costs().filter { !refused.contains($0.kind) }
        guard let best = costs.first else { return fallback("no index serves these keys") }
        guard best.ofPlain < (best.kind == inUse ? Self.keeping : Self.taking) else {
            let share = Int((100 * shape.members / Double(n)).rounded())
            return fallback("with \(share) % of the keys in a half-space reading all is as fast")
        }
        let cold = machine.microseconds(of: naive, .cold)
        let told = costs.map { "\($0.kind.rawValue) \(Self.rounded($0.cold))" } + ["dense \(Self.rounded(cold))"]
        let note = probe.notes[best.kind].map { "; " + $0 } ?? ""
        return Plan(
            kind: best.kind, answersDensely: false,
            reason: told.joined(separator: ", ")
                + " µs a step predicted\(machine.isMeasured ? "" : " with assumed costs")" + note,
            expected: best.cold)
    }

    /// What each kind that may pay is expected to take, the best first; of equals the one listed first.
    func costs() -> [Cost] {
        let plain = plain.work
        let found: [(cost: Cost, asked: Double)] = IndexKind.allCases.compactMap { kind in
            guard kind.type.pays(shape), let work = kind.type.expectedWork(probe) else { return nil }
            let share = share(of: work, in: naive)
            return (
                Cost(
                    kind: kind, cold: machine.microseconds(of: work, .cold), share: share,
                    ofPlain: self.share(of: work, in: plain)),
                share / kind.type.patience
            )
        }
        return found.enumerated()
            .sorted { ($0.element.asked, $0.offset) < ($1.element.asked, $1.offset) }
            .map(\.element.cost)
    }

    private func share(of work: StepWork, in other: StepWork) -> Double {
        MachineCosts.State.allCases.map { machine.microseconds(of: work, $0) / machine.microseconds(of: other, $0) }
            .max() ?? .infinity
    }

    /// The step without an index: everything is read as dense attention reads it, or values are fetched after a scan.
    private var plain: (work: StepWork, isDense: Bool) {
        let scan = BruteIndex.work(of: QueryCounts(), in: shape)
        guard let all = StepWork.readingAll(shape) else { return (scan, false) }
        // Naive's own step loses to nothing; the scan has to be quicker by more than a near tie, and is then chosen as an index.
        return all == naive || share(of: scan, in: all) >= 1 ? (all, true) : (scan, false)
    }

    /// Whether an index that found the members at once would save enough: what it cannot save is its fixed part.
    private var canPay: Bool {
        guard shape.n > 0 else { return false }
        let least = StepWork(waits: naive.waits, [])
        return machine.microseconds(of: least, .cold) < Self.taking * machine.microseconds(of: naive, .cold)
    }

    private func fallback(_ reason: String) -> Plan {
        let plain = plain
        return Plan(
            kind: .brute, answersDensely: plain.isDense, reason: reason,
            expected: machine.microseconds(of: plain.work, .cold))
    }

    private static func rounded(_ microseconds: Double) -> String { "\(Int(min(microseconds, 1e12).rounded()))" }
}

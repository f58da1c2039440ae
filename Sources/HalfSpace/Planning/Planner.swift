/// What `auto` chooses, and why in one sentence.
struct Plan: Sendable, Equatable {
    var kind: IndexKind
    /// Whether a step should read everything as dense attention does, because no index pays.
    var answersDensely: Bool
    var reason: String
}

/// Chooses the index whose cold decode step is expected to be the shortest: ``CostModel`` with what ``PlanProbe`` measured
/// on a sample of the keys. It counts keys and never looks at a clock, so that the same run makes the same choices.
struct Planner {
    private let n: Int
    private let d: Int
    private let dv: Int
    private let hints: QueryHints
    private let cost: CostModel
    private let probe: PlanProbe?
    private let prefix: PlanProbe.PrefixWork?

    /// An index is taken where it is expected to take less than this share of a dense step.
    private static let margin = 0.9
    /// Below so many floats of keys and values no index earns its fixed cost.
    private static let leastFloats = 40_000
    /// Up to this d a tree may prune; above it boxes still do, of keys that lie close together.
    private static let mostTreeDimensions = 12
    /// Where cells of directions pay, if keys stay and there are many.
    private static let netDimensions = 2...4
    private static let leastNetKeys = 1 << 17
    private static let boxDimensions = 5...16
    /// Below this d a prefix is hardly shorter than the key.
    private static let leastPrefixDimensions = 16
    /// A prefix is taken where it is expected to take less than this share of what any other index takes: it is long to build,
    /// and other queries than those foreseen may not lie along its components.
    private static let prefixMargin = 0.8
    /// The same of boxes, which hold records of keys and values, and are ten times as long to build as codes.
    private static let boxMargin = 0.9

    /// Looks at the keys of a store; some milliseconds where there are many.
    init(store: KeyValueStore, hints: QueryHints) {
        self.hints = hints
        (n, d, dv) = (store.count, store.dimension, store.valueDimension)
        cost = CostModel(n: n, d: d, dv: dv, share: hints.share(of: n), exponent: hints.exponent)
        let worthwhile = n * (d + dv) >= Self.leastFloats
        probe = worthwhile ? PlanProbe(of: store, hints: hints, share: hints.share(of: n)) : nil
        prefix = d >= Self.leastPrefixDimensions ? probe?.prefixWork() : nil
    }

    /// The plan, where some kinds were found not to serve.
    func plan(without refused: Set<IndexKind> = []) -> Plan {
        let costs = costs().filter { !refused.contains($0.kind) }
        guard n * (d + dv) >= Self.leastFloats, let best = costs.first else {
            return dense("\(n) \(n == 1 ? "key is" : "keys are") too few for an index to earn its fixed cost")
        }
        guard best.cost < Self.margin * cost.dense else {
            let share = Int((100 * hints.share(of: n)).rounded())
            return dense("with \(share) % of the keys in a half-space reading all is as fast")
        }
        let told = costs.map { "\($0.kind.rawValue) \(Self.rounded($0.cost))" } + ["dense \(Self.rounded(cost.dense))"]
        let spectrum = best.kind == .prefix ? prefix.map { "; " + $0.spectrum } ?? "" : ""
        return Plan(
            kind: best.kind, answersDensely: false,
            reason: told.joined(separator: ", ") + " µs a step expected" + spectrum)
    }

    /// Expected microseconds of each kind that may pay, the best first.
    private func costs() -> [(kind: IndexKind, cost: Double)] {
        // Without a sample: what was seen on normal keys.
        let coded = probe?.codeCandidates() ?? 3 * hints.share(of: n) * Double(n)
        var found = [(IndexKind.quantised, cost.codes(candidates: coded))]
        if d <= Self.boxDimensions.upperBound {
            let crossed = probe?.treeCandidates() ?? Double(n)
            if d <= Self.mostTreeDimensions { found.append((.tree, cost.tree(candidates: crossed))) }
            if Self.boxDimensions.contains(d) { found.append((.boxes, cost.boxes(candidates: crossed))) }
            if hints.keysStay, Self.netDimensions.contains(d), n >= Self.leastNetKeys {
                found.append((.net, cost.net(candidates: crossed)))
            }
        }
        if let prefix { found.append((.prefix, cost.prefix(bytes: prefix.bytes, candidates: prefix.candidates))) }
        func asked(_ kind: IndexKind, _ cost: Double) -> Double {
            switch kind {
            case .prefix: cost / Self.prefixMargin
            case .boxes: cost / Self.boxMargin
            default: cost
            }
        }
        return found.sorted { asked($0.0, $0.1) < asked($1.0, $1.1) }
    }

    private func dense(_ reason: String) -> Plan { Plan(kind: .brute, answersDensely: true, reason: reason) }

    private static func rounded(_ microseconds: Double) -> String { "\(Int(microseconds.rounded()))" }
}

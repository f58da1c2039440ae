/// What `auto` chooses, and why in one sentence.
struct Plan: Sendable, Equatable {
    var kind: IndexKind
    /// Whether a step should read everything as dense attention does, because no index pays at this size.
    var answersDensely: Bool
    var reason: String
}

/// Chooses an index by a cost model whose constants were measured cold on one core of a Zen 4 with AVX-512
/// (`halfspace bench decode --cold`); it depends on sizes and hints alone, so that the same run makes the same choices.
enum Planner {
    /// An index has a fixed cost a step that naive has not; below so many floats of keys and values it cannot earn it.
    private static let leastFloats = 262_144
    /// Up to this d a tree prunes enough of Gaussian keys to beat the codes of a scan.
    private static let treeDimensions = 1...5
    /// Up to this d cells of directions pay, where keys stay and there are many.
    private static let netDimensions = 2...4
    private static let leastNetKeys = 1 << 17
    /// The share of keys in a half-space above which reading all of them is as fast.
    private static func densestShare(_ d: Int) -> Double { d <= 8 ? 0.15 : 0.3 }

    /// The plan for n keys of length d with values of length dv.
    static func plan(n: Int, d: Int, dv: Int, hints: QueryHints) -> Plan {
        let floats = n * (d + dv)
        guard floats >= leastFloats else {
            return dense("\(n) keys are too few for an index to earn its fixed cost")
        }
        if let share = hints.expectedShare, share > densestShare(d) {
            return dense("\(percent(share)) of the keys are expected in a half-space, reading all is as fast")
        }
        if hints.keysStay, netDimensions.contains(d), n >= leastNetKeys {
            return Plan(kind: .net, answersDensely: false, reason: "d \(d) and keys that stay: cells of directions")
        }
        if treeDimensions.contains(d) {
            return Plan(kind: .tree, answersDensely: false, reason: "d \(d) is low enough for boxes to prune")
        }
        return Plan(
            kind: .quantised, answersDensely: false, reason: "at d \(d) boxes prune little, codes are read in order")
    }

    private static func dense(_ reason: String) -> Plan { Plan(kind: .brute, answersDensely: true, reason: reason) }

    private static func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}

/// The error that the `error` rule keeps, and by what it knows.
public struct ErrorGoal: Sendable, Equatable, Codable {
    /// What says that a budget is enough.
    public enum Basis: String, CaseIterable, Sendable, Codable {
        /// The live certificate of each query: a promise, kept whatever the keys are.
        case certified
        /// What was measured of the last queries: no promise, and far fewer keys.
        case measured
    }

    /// ε: the largest ‖out_R − out‖_∞, in units of ‖V‖_∞.
    public var epsilon: Double
    public var basis: Basis

    public init(epsilon: Double = 1e-2, basis: Basis = .certified) {
        (self.epsilon, self.basis) = (epsilon, basis)
    }

    /// "ε 0.01 certified".
    public var name: String { "ε \(epsilon) \(basis.rawValue)" }
}

/// How scores become weights (ReLU^α and softmax as in arXiv 2410.10165; α-entmax).
public enum Activation: Sendable, Equatable, Codable {
    /// `max(0, s − b)^α`, α from 1 to 8; an empty row gives 0.
    case relu(alpha: Int)
    /// `exp(s)`, normalised over the reported keys.
    case softmax
    /// `max(0, (a−1)s − τ)^{1/(a−1)}`, a > 1, τ such that the weights sum to 1; finds its own threshold.
    case entmax(alpha: Double)

    /// "relu", "softmax" or "entmax".
    public var name: String {
        switch self {
        case .relu: "relu"
        case .softmax: "softmax"
        case .entmax: "entmax"
        }
    }

    /// The name of the rule that finds b; entmax has its own.
    public func ruleName(_ settings: ThresholdSettings) -> String {
        if case .entmax = self { "own" } else { settings.rule.rawValue }
    }

    /// α, where there is one.
    public var alpha: Double? {
        switch self {
        case .relu(let alpha): Double(alpha)
        case .softmax: nil
        case .entmax(let alpha): alpha
        }
    }
}

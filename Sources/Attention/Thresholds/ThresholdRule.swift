import Foundation

/// How the score threshold b is chosen (arXiv 2410.10165, section 4, and what follows from it).
public enum ThresholdRule: String, CaseIterable, Sendable, Codable {
    /// The sparsity lemma's σ_a, verbatim.
    case paper
    /// The same proof with the Laurent–Massart tail.
    case tight
    /// Per query `mean(s) + √(0.4 ln n)·std(s)` from the key mean and covariance.
    case calibrated
    /// The r-th largest score; ties are in.
    case count
    /// As given.
    case manual
    /// As a language model learned it: a threshold that comes with its query; softmax then attends to every key.
    case learned
    /// The least set of softmax whose error stays below a goal, as its certificate or the last queries say.
    case error
}

/// How many keys the `count` rule keeps.
public enum Budget: Sendable, Equatable, Codable {
    case keys(Int)
    /// n^γ.
    case power(Double)

    /// "4096" or "n^0.8".
    public init?(name: String) {
        if let r = Int(name), r >= 0 {
            self = .keys(r)
        } else if name.hasPrefix("n^"), let gamma = Double(name.dropFirst(2)), gamma >= 0, gamma <= 1 {
            self = .power(gamma)
        } else {
            return nil
        }
    }

    public var name: String {
        switch self {
        case .keys(let r): String(r)
        case .power(let gamma): "n^\(gamma)"
        }
    }

    /// r among n keys: at most n.
    public func count(of n: Int) -> Int {
        switch self {
        case .keys(let r): min(r, n)
        case .power(let gamma): n == 0 ? 0 : min(n, Int(pow(Double(n), gamma).rounded()))
        }
    }
}

/// A threshold rule with all that it needs.
public struct ThresholdSettings: Sendable, Equatable, Codable {
    public var rule: ThresholdRule
    /// x adds x standard deviations of the scores to any rule's b.
    public var offset: Double
    /// b of the `manual` rule, in score units.
    public var manual: Double
    /// r of the `count` rule.
    public var budget: Budget
    /// What the `error` rule keeps to.
    public var goal: ErrorGoal

    public init(
        rule: ThresholdRule = .calibrated, offset: Double = 0, manual: Double = 0, budget: Budget = .power(0.8),
        goal: ErrorGoal = ErrorGoal()
    ) {
        self.rule = rule
        self.offset = offset
        self.manual = manual
        self.budget = budget
        self.goal = goal
    }
}

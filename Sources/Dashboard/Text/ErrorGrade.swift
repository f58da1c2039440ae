import Simulation

/// How far an output is from the float64 referee's, relative to its length: four grades with stated limits, each with a colour.
/// What is approximate is never in the colour of good.
enum ErrorGrade: CaseIterable {
    /// But for the rounding of float32.
    case exact
    case close
    case rough
    case wrong

    init(relative error: Double) {
        self = Self.allCases.first { error <= $0.limit } ?? .wrong
    }

    /// Of the worst of some steps.
    init(_ records: some Sequence<StepRecord>) {
        self.init(relative: records.compactMap(\.relativeError).max() ?? 0)
    }

    /// The largest relative error of the grade.
    var limit: Double {
        switch self {
        case .exact: 1e-4
        case .close: 0.01
        case .rough: 0.1
        case .wrong: .infinity
        }
    }

    var role: Theme.Role {
        switch self {
        case .exact: .good
        case .close: .text
        case .rough: .warn
        case .wrong: .error
        }
    }

    /// "approximate, to 1 %".
    var words: String {
        switch self {
        case .exact: "exact"
        case .close: "approximate, to 1 %"
        case .rough: "approximate, to 10 %"
        case .wrong: "off by more than 10 %"
        }
    }
}

import Measurement

/// A named value of a printed record; what was not measured prints as null, or as nothing in CSV.
public struct RecordField: Sendable, Equatable {
    public let name: String
    public let value: TableCell

    static func whole(_ name: String, _ value: Int?) -> RecordField {
        RecordField(name: name, value: TableCell(value))
    }
    static func number(_ name: String, _ value: Double?) -> RecordField {
        RecordField(name: name, value: TableCell(value))
    }
    /// Microseconds to the nanosecond: a clock knows no more.
    static func microseconds(_ name: String, _ seconds: Double?) -> RecordField {
        number(name, seconds.map { ($0 * 1e9).rounded() / 1e3 })
    }
    static func text(_ name: String, _ value: String) -> RecordField { RecordField(name: name, value: .text(value)) }
}

extension StepRecord {
    /// The record as it is printed, with the settings that it ran under; times in microseconds.
    public func fields(settings: Settings, dimension: Int) -> [RecordField] {
        if let text { return text.fields(of: self, settings: settings) }
        return [
            .whole("step", step),
            .whole("n", n),
            .whole("d", dimension),
            .text("workload", settings.workload.rawValue),
            .text("activation", settings.activation.name),
            .number("alpha", settings.activation.alpha),
            .text("rule", settings.activation.ruleName(settings.threshold)),
            .number("threshold", threshold),
            .whole("reported", reported),
            .whole("candidates", work.candidates),
            .whole("missed", missed),
            .whole("extra", extra),
            .text("index", index.rawValue),
            .microseconds("hsr_us", hsrSeconds),
            .microseconds("naive_us", naiveSeconds),
            .number("max_abs_error", maxAbsError),
            .number("rel_error", relativeError),
            .whole("sequence", sequence),
            .microseconds("rule_us", ruleSeconds),
            .number("error_goal", errorGoal),
            .whole("goal_missed", missedGoal.map { $0 ? 1 : 0 }),
            .number("naive_abs_error", naiveAbsError),
            .number("mass_bound", massBound),
            .number("certificate", certificate),
            .number("residual_error", residualError),
            .number("score_resolution", scoreResolution),
            .text("store", settings.store.rawValue),
        ] + (layer?.fields ?? [])
    }
}

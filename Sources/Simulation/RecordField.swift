/// A named value of a printed record.
public struct RecordField: Sendable, Equatable {
    public let name: String
    public let value: Value

    /// A value that prints itself; what was not measured or is not finite has no number and prints as null.
    public enum Value: Sendable, Equatable {
        case whole(Int)
        case number(Double?)
        case text(String)
        case truth(Bool)
        case list([Int])
        case missing

        public var json: String {
            switch self {
            case .text(let text): RecordField.quoted(text)
            case .list(let numbers): "[" + numbers.map(String.init).joined(separator: ",") + "]"
            case .truth(let value): value ? "true" : "false"
            default: csv.isEmpty ? "null" : csv
            }
        }

        public var csv: String {
            switch self {
            case .whole(let value): String(value)
            case .number(let value):
                value.flatMap { $0.isFinite ? Int(exactly: $0).map(String.init) ?? "\($0)" : nil } ?? ""
            case .text(let text):
                text.contains(where: { ",\"\r\n".contains($0) })
                    ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                        + "\""
                    : text
            case .list(let numbers): numbers.map(String.init).joined(separator: " ")
            case .truth(let value): value ? "true" : "false"
            case .missing: ""
            }
        }
    }

    /// A string of JSON, with its quotes.
    private static func quoted(_ text: String) -> String {
        var escaped = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped + "\""
    }

    static func whole(_ name: String, _ value: Int?) -> RecordField {
        RecordField(name: name, value: value.map(Value.whole) ?? .missing)
    }
    static func number(_ name: String, _ value: Double?) -> RecordField {
        RecordField(name: name, value: .number(value))
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
        ]
    }
}

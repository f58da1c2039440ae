import Foundation
import Measurement
import Simulation

/// A claim about decode steps, as a demo writes it: `reported < 2 n^0.8`, `median tested < 10 %`, `every missed == 0`.
///
/// It knows counts, errors and steps, and no time: what it says is the same on every machine.
public struct Condition: Sendable, Equatable, CustomStringConvertible {
    public var text: String
    var aggregate: Aggregate?
    var left: Operand
    var comparison: Comparison
    var right: Operand
    /// Of the right side; nil takes that of the left.
    var rightAggregate: Aggregate?
    /// What is asked of the text of a language model; the numbers then mean nothing.
    var wanted: TextWish?

    public var description: String { text }

    /// A claim about what a language model wrote; letters that were typed do not count.
    enum TextWish: Sendable, Equatable {
        /// `text == "…"`: the letters of all steps together, or of the one that is looked at.
        case text(String)
        /// `same_text`: dense attention would have written every one of them.
        case same

        func holds(for record: StepRecord) -> Bool {
            guard let text = record.text, !text.isTyped else { return false }
            return switch self {
            case .text(let wanted): text.bytes == Array(wanted.utf8)
            case .same: text.isSame == true
            }
        }

        func failure(_ condition: String, over records: [StepRecord]) -> String? {
            let letters = records.compactMap(\.text).filter { !$0.isTyped }
            guard !letters.isEmpty else {
                return "\(condition): no letter was written on any of \(records.count) steps"
            }
            switch self {
            case .text(let wanted):
                let bytes = letters.flatMap(\.bytes)
                return bytes == Array(wanted.utf8)
                    ? nil : "\(condition): it is \"\(String(decoding: bytes, as: UTF8.self))\""
            case .same:
                return letters.first { $0.isSame == false }.map { other in
                    "\(condition): at letter \(other.position) it is \"\(String(decoding: other.bytes, as: UTF8.self))\","
                        + " and dense attention writes \"\(String(decoding: other.naiveBytes, as: UTF8.self))\""
                }
            }
        }
    }

    /// How the steps of a caption are taken together.
    enum Aggregate: String, CaseIterable, Sendable {
        case every, some, median, mean, least, most, last

        /// The one number that stands for all; nil where each is looked at, and of none.
        func value(of values: [Double]) -> Double? {
            switch self {
            case .every, .some: nil
            case .median: Samples(values).middle
            case .mean: values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
            case .least: values.min()
            case .most: values.max()
            case .last: values.last
            }
        }
    }

    enum Comparison: String, CaseIterable, Sendable {
        case atLeast = ">="
        case atMost = "<="
        case equal = "=="
        case unequal = "!="
        case above = ">"
        case below = "<"

        func holds(_ a: Double, _ b: Double) -> Bool {
            switch self {
            case .atLeast: a >= b
            case .atMost: a <= b
            case .equal: a == b
            case .unequal: a != b
            case .above: a > b
            case .below: a < b
            }
        }
    }

    /// A factor times a power of n or a metric; a number alone is its factor.
    struct Operand: Sendable, Equatable {
        var factor = 1.0
        var metric: Metric?
        /// Of n; used where there is no metric.
        var exponent = 0.0

        func value(of record: StepRecord) -> Double? {
            guard let metric else { return factor * (exponent == 0 ? 1 : pow(Double(record.n), exponent)) }
            return metric.value(of: record).map { factor * $0 }
        }
    }

    /// Whether it holds for one step; false where something was not measured.
    public func holds(for record: StepRecord) -> Bool {
        if let wanted { return wanted.holds(for: record) }
        guard let a = left.value(of: record), let b = right.value(of: record) else { return false }
        return comparison.holds(a, b)
    }

    /// Why it does not hold over the steps of a caption; nil if it does.
    public func failure(over records: [StepRecord]) -> String? {
        if let wanted { return wanted.failure(text, over: records) }
        let fixed = rightAggregate.flatMap { $0.value(of: records.compactMap { right.value(of: $0) }) }
        let pairs = records.compactMap { record -> (step: Int, a: Double, b: Double)? in
            guard let a = left.value(of: record), let b = fixed ?? right.value(of: record) else { return nil }
            return (record.step, a, b)
        }
        guard !pairs.isEmpty else { return "\(text): not measured on any of \(records.count) steps" }
        let aggregate = aggregate ?? .every
        if let a = aggregate.value(of: pairs.map(\.a)), let b = fixed ?? aggregate.value(of: pairs.map(\.b)) {
            return comparison.holds(a, b) ? nil : "\(text): it is \(Self.number(a)) against \(Self.number(b))"
        }
        if aggregate == .some {
            let holds = pairs.contains { comparison.holds($0.a, $0.b) }
            return holds ? nil : "\(text): on none of \(pairs.count) steps"
        }
        guard let broken = pairs.first(where: { !comparison.holds($0.a, $0.b) }) else { return nil }
        return "\(text): at step \(broken.step) it is \(Self.number(broken.a)) against \(Self.number(broken.b))"
    }

    private static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}

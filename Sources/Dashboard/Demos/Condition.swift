import Foundation
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

    public var description: String { text }

    /// How the steps of a caption are taken together.
    enum Aggregate: String, CaseIterable, Sendable {
        case every, some, median, mean, least, most, last

        /// The one number that stands for all; nil where each is looked at, and of none.
        func value(of values: [Double]) -> Double? {
            switch self {
            case .every, .some: nil
            case .median: values.isEmpty ? nil : values.sorted()[values.count / 2]
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
        guard let a = left.value(of: record), let b = right.value(of: record) else { return false }
        return comparison.holds(a, b)
    }

    /// Why it does not hold over the steps of a caption; nil if it does.
    public func failure(over records: [StepRecord]) -> String? {
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

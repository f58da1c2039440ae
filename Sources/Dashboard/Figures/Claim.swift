import Foundation
import PlainText
import Simulation

/// What a caption says of the figures that are on the screen: `reported < 2500`, `part2_query < part1_query`,
/// `tested < 10 % n`.
public struct Claim: Sendable, Equatable, CustomStringConvertible {
    public var text: String
    var left: Side
    var comparison: Condition.Comparison
    var right: Side

    public var description: String { text }

    /// A factor times a figure or a power of n; a number alone is its factor.
    struct Side: Sendable, Equatable {
        var factor: Double
        var figure: String?
        var exponent: Double

        func value(in snapshot: Snapshot, _ view: ViewKind) -> Double? {
            guard let figure else { return factor * (exponent == 0 ? 1 : pow(Double(snapshot.n), exponent)) }
            return view.figure(figure)?.figure.value(snapshot).map { factor * $0 }
        }
    }

    /// Reads a claim about the figures of a view.
    /// - Throws: ``Condition/Mistake``.
    init(_ text: String, view: ViewKind) throws(Condition.Mistake) {
        self.text = text
        let (left, comparison, right) = try Condition.sides(of: text)
        self.comparison = comparison
        self.left = try Self.side(left, in: text, view)
        self.right = try Self.side(right, in: text, view)
        guard self.left.figure != nil else {
            throw Condition.Mistake(sentence: "\"\(text)\" begins with no figure; write one, a comparison and a value.")
        }
    }

    private static func side(_ words: [String], in text: String, _ view: ViewKind) throws(Condition.Mistake) -> Side {
        let parts = try OperandParts(words, in: text)
        if let name = parts.name, view.figure(name) == nil {
            throw Condition.Mistake(
                sentence: Suggestion.unknown("figure of the \(view.title) view", name, among: view.figures.map(\.name)))
        }
        return Side(factor: parts.factor, figure: parts.name, exponent: parts.exponent)
    }

    /// The figures that it names, in its order.
    var figures: [String] { [left.figure, right.figure].compactMap { $0 } }

    /// Whether one of them comes of a clock: then it may fail to hold on a machine that does something else as well.
    func restsOnTimes(_ view: ViewKind) -> Bool { figures.contains { view.figure($0)?.figure.isTimed == true } }

    /// Whether it can be told at all: each figure has a value.
    func isKnown(in snapshot: Snapshot, _ view: ViewKind) -> Bool {
        left.value(in: snapshot, view) != nil && right.value(in: snapshot, view) != nil
    }

    func holds(in snapshot: Snapshot, _ view: ViewKind) -> Bool {
        guard let a = left.value(in: snapshot, view), let b = right.value(in: snapshot, view) else { return false }
        return comparison.holds(a, b)
    }

    /// Why the screen does not bear it out; nil where it does.
    func failure(in snapshot: Snapshot, _ view: ViewKind) -> String? {
        guard let a = left.value(in: snapshot, view), let b = right.value(in: snapshot, view) else {
            let missing = figures.filter { view.figure($0)?.figure.value(snapshot) == nil }
            return "claim \(text): the \(view.title) view has no value of \(missing.joined(separator: " and ")) yet"
        }
        guard !comparison.holds(a, b) else { return nil }
        let (first, second) = (String(format: "%.4g", a), String(format: "%.4g", b))
        let isTurned = figures.count == 2 && a != b
        return "claim \(text): the screen says \(first) against \(second)"
            + (isTurned ? ", the other way round" : "")
    }
}

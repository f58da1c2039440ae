import Attention
import Foundation
import PlainText
import Screen
import Simulation

/// Numbers and names as the screen writes them, beside those of ``Format``.
enum Text {
    /// Three significant digits, none of them a zero at the end: "1", "1.5", "0.75".
    static func short(_ value: Double) -> String {
        if value == value.rounded() && abs(value) < 1000 { return String(Int(value)) }
        let text = Format.significant(value)
        guard text.contains("."), !text.contains("e") else { return text }
        return String(text.reversed().drop { $0 == "0" }.reversed())
    }

    /// "+0.3", "-1.2", "+0".
    static func signed(_ value: Double) -> String {
        value == 0 ? "+0" : (value < 0 ? "-" : "+") + Format.fixed(abs(value), 1)
    }

    static func duration(_ seconds: Double) -> String { Format.duration(microseconds: seconds * 1e6) }

    /// A time that people wait for: "40 s", "12 min", "3.5 h".
    static func span(_ seconds: Double) -> String {
        seconds < 90
            ? Format.fixed(seconds, 0) + " s"
            : seconds < 5400 ? Format.fixed(seconds / 60, 0) + " min" : Format.fixed(seconds / 3600, 1) + " h"
    }

    /// An error: "0", "0.031", or one digit and its power of ten, "3e-7".
    static func error(_ value: Double) -> String {
        guard value.isFinite else { return "∞" }
        return value == 0 ? "0" : abs(value) >= 0.001 ? Format.significant(value, 2) : Format.scientific(value, 0)
    }

    /// A speed-up: "0.85", "3.2", "14.1", "137"; few digits, so that they stand still.
    static func ratio(_ value: Double) -> String {
        Format.fixed(value, value < 0.995 ? 2 : value < 99.5 ? 1 : 0)
    }

    /// "ReLU²", "softmax", "1.5-entmax".
    static func name(of activation: Activation) -> String {
        switch activation {
        case .relu(let alpha): "ReLU" + (superscripts.indices.contains(alpha) ? superscripts[alpha] : "^\(alpha)")
        case .softmax: "softmax"
        case .entmax(let alpha): "\(short(alpha))-entmax"
        }
    }

    /// Of some facts, the most telling first, those that fit into a line.
    static func fitting(_ facts: [String], between: String, width: Int) -> String {
        facts.reduce("") { line, fact in
            let longer = line.isEmpty ? fact : line + between + fact
            return DisplayWidth.of(longer) <= width ? longer : line
        }
    }

    /// "path:3:8: sentence" of what is wrong with a file; both are what somebody wrote, and are made fit to be read.
    static func mistake(in file: String, line: Int?, column: Int?, _ sentence: String) -> String {
        let place = [line, column].compactMap { $0 }.map { ":\($0)" }.joined()
        return "\(file.plain())\(place): \(sentence.plain(500))"
    }

    private static let superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸"]
}

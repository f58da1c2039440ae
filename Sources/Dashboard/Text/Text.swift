import Attention
import Foundation
import Screen

/// Numbers and names as the screen writes them, beside those of ``Format``.
enum Text {
    /// Three significant digits, none of them a zero at the end: "1", "1.5", "0.75".
    static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1000 ? String(Int(value)) : Format.significant(value)
    }

    /// "+0.3", "-1.2", "+0".
    static func signed(_ value: Double) -> String {
        value == 0 ? "+0" : (value < 0 ? "-" : "+") + Format.fixed(abs(value), 1)
    }

    static func duration(_ seconds: Double) -> String { Format.duration(microseconds: seconds * 1e6) }

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

    private static let superscripts = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸"]
}

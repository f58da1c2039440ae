import Attention
import Foundation
import HalfSpace

extension Settings {
    /// What `self` has that `before` had not, in the words of the screen: "d 8, α 2"; empty if they are equal.
    public func difference(from before: Settings) -> String {
        var words: [String] = []
        func note<Value: Equatable>(_ path: KeyPath<Settings, Value>, _ text: (Value) -> String) {
            if self[keyPath: path] != before[keyPath: path] { words.append(text(self[keyPath: path])) }
        }
        note(\.workload) { $0.rawValue }
        note(\.request.n) { "n \($0.map(String.init) ?? "default")" }
        note(\.request.d) { "d \($0.map(String.init) ?? "default")" }
        note(\.request.temperature) { "temperature \(String(format: "%g", $0))" }
        note(\.request.rank) { "rank \($0.map(String.init) ?? "full")" }
        note(\.activation) { $0.label }
        note(\.threshold.rule) { "rule \($0.rawValue)" }
        note(\.threshold.offset) { "offset \(String(format: "%+.1f", $0))σ" }
        note(\.threshold.manual) { "b \(String(format: "%.3g", $0))" }
        note(\.threshold.budget) { "r \($0.name)" }
        note(\.threshold.goal) { $0.name }
        note(\.index) { "index \($0.name)" }
        note(\.store) { "store \($0.rawValue)" }
        note(\.request.layer) { "layer \($0.map(String.init) ?? "first")" }
        note(\.request.head) { "head \($0.map(String.init) ?? "0")" }
        note(\.request.shape) { "heads \($0.map { "\($0.heads)/\($0.keyHeads)" } ?? "1")" }
        note(\.model.temperature) { "temperature \(String(format: "%g", $0))" }
        note(\.request.seed) { "seed \($0)" }
        return words.joined(separator: ", ")
    }
}

extension Activation {
    /// "ReLU", "ReLU²", "softmax", "1.5-entmax".
    public var label: String {
        switch self {
        case .relu(1): "ReLU"
        case .relu(let alpha): "ReLU" + String(String(alpha).map { Self.superscripts[$0] ?? $0 })
        case .softmax: "softmax"
        case .entmax(let alpha): "\(String(format: "%g", alpha))-entmax"
        }
    }

    private static let superscripts: [Character: Character] = [
        "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
}

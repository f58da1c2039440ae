import Attention
import Foundation

/// What a byte-level model's file says of its shape: the `config` of its metadata.
struct ByteModelConfiguration: Decodable, Equatable {
    /// "relu2", "softmax" or "entmax".
    var kind: String
    /// The length of the hidden state.
    var d: Int
    /// A letter a layer: `L` looks at a window of the newest positions, `G` at all of them.
    var layers: String
    /// Heads and their dimension in local layers, and in global ones.
    var lh: Int
    var ldh: Int
    var gh: Int
    var gdh: Int
    /// Positions that a local layer sees.
    var window: Int
    /// Tables of hashed n-grams: n, and rows.
    var ngrams: [[Int]]
    /// What ReLU² adds to the sum of its weights.
    var eps: Double
    /// The inner layer of the MLP is so many times as wide as the hidden state.
    var ff: Int
    /// Whether a key comes from the hidden state of the position before.
    var shift: Int

    var isShifted: Bool { shift != 0 }

    /// How global heads weigh their keys; nil for a kind that is not known.
    var activation: Activation? {
        switch kind {
        case "relu2": .relu(alpha: 2)
        case "softmax": .softmax
        case "entmax": .entmax(alpha: 1.5)
        default: nil
        }
    }

    /// What cannot be, as part of a sentence; nil where all is well.
    var fault: String? {
        if activation == nil { return "kind is “\(kind)”; known are relu2, softmax and entmax" }
        for (name, value, most) in [
            ("d", d, 8192), ("lh", lh, 256), ("ldh", ldh, 256), ("gh", gh, 256), ("gdh", gdh, 256), ("ff", ff, 64),
            ("window", window, 4096),
        ] where value < 1 || value > most {
            return "\(name) is \(value), but must be from 1 to \(most)"
        }
        if ldh % 2 != 0 { return "ldh is \(ldh), but rotary positions need pairs" }
        if layers.isEmpty || layers.count > 256 || !layers.allSatisfy({ "LG".contains($0) }) {
            return "layers is “\(layers)”, but must be letters L and G"
        }
        if !layers.contains("G") { return "layers is “\(layers)”: no layer looks at the whole context" }
        if !ngrams.allSatisfy({ $0.count == 2 && (1...16).contains($0[0]) && (1...1_000_000).contains($0[1]) }) {
            return "ngrams must be pairs of a length up to 16 and a number of rows up to 1000000"
        }
        if !(eps >= 0 && eps.isFinite) { return "eps is \(eps), but must be a number from 0" }
        return nil
    }
}

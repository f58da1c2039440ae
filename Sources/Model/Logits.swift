import Foundation

/// What is done with the logits of a token.
public enum Logits {
    /// The token of the largest; the first of several.
    public static func largest(_ logits: [Float]) -> Int {
        var best = 0
        for (token, x) in logits.enumerated() where x > logits[best] { best = token }
        return best
    }

    /// `−ln p` of a token, in float64.
    public static func surprise(of token: Int, _ logits: [Float]) -> Double {
        guard let top = logits.max(), logits.indices.contains(token) else { return .infinity }
        let sum = logits.reduce(0.0) { $0 + exp(Double($1) - Double(top)) }
        return log(sum) + Double(top) - Double(logits[token])
    }

    /// The largest difference of two vectors of logits.
    public static func difference(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
    }
}

import ArgumentParser
import Attention

/// Whole numbers that have a range.
enum CountOption {
    /// Threads that can be asked for.
    static let threads = 1...1024

    /// - Throws: `ValidationError` outside the range; what was left out is fine.
    static func check(_ value: Int?, _ name: String, in range: ClosedRange<Int>) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError("\(name) \(value) is not from \(range.lowerBound) to \(range.upperBound).")
    }
}

/// Numbers that must be numbers.
enum FiniteOption {
    /// - Throws: `ValidationError` for a NaN or an infinity; what was left out is fine.
    static func check(_ value: Double?, _ name: String) throws {
        guard let value, !value.isFinite else { return }
        throw ValidationError("\(name) \(value) is not a finite number.")
    }
}

/// α of entmax.
enum EntmaxOption {
    /// The α given, or 1.5.
    /// - Throws: `ValidationError` where its weights cannot be computed.
    static func alpha(_ given: Double?) throws -> Double {
        let alpha = given ?? 1.5
        if let refusal = Entmax.refusal(of: alpha) { throw ValidationError("--alpha \(alpha.shortest): \(refusal)") }
        return alpha
    }
}

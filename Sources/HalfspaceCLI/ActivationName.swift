import ArgumentParser
import Attention

/// An activation by its name alone; α comes beside it.
enum ActivationName: String, CaseIterable, ExpressibleByArgument {
    case relu, softmax, entmax

    /// The activation with its α, or the usual one.
    /// - Throws: `ValidationError` for an α that it cannot have.
    func activation(alpha: Double?) throws -> Activation {
        switch self {
        case .relu:
            let alpha = alpha ?? 1
            guard let whole = Int(exactly: alpha), (1...8).contains(whole) else {
                throw ValidationError("--alpha \(alpha.shortest) is not an integer from 1 to 8, as ReLU needs.")
            }
            return .relu(alpha: whole)
        case .softmax:
            guard alpha == nil else { throw ValidationError("softmax has no --alpha; leave it out.") }
            return .softmax
        case .entmax:
            return .entmax(alpha: try EntmaxOption.alpha(alpha))
        }
    }
}

import Attention
import Foundation
import HalfSpace

/// How the model's global heads ask the Attention layer, whose scores are `⟨q, k⟩/√d`: the model's own are `⟨q, k⟩` for ReLU² and
/// `σ_h·ln(n)·⟨q, k⟩` for the others.
struct GlobalHead {
    private let activation: Activation
    private let sigma: Float
    private let root: Float

    init(_ activation: Activation, sigma: Float, dimension: Int) {
        self.activation = activation
        self.sigma = sigma
        root = Float(dimension).squareRoot()
    }

    /// ln n, n = position + 2, as the model was trained with.
    private func logarithm(_ position: Int) -> Float { log(Float(position + 2)) }

    /// The query to ask with.
    func query(_ projected: Slice<UnsafeMutableBufferPointer<Float>>, position: Int) -> [Float] {
        let scale = if case .relu = activation { root } else { root * sigma * logarithm(position) }
        return projected.map { $0 * scale }
    }

    /// The model's own threshold: `σ_h·√(0.4 ln n)` for ReLU², none for the others.
    func ownThreshold(position: Int) -> Double {
        switch activation {
        case .relu: Double(sigma * (0.4 * logarithm(position)).squareRoot())
        case .softmax: -.infinity
        case .entmax: 0
        }
    }

    /// The threshold of a query under a rule.
    func threshold(
        _ query: [Float], position: Int, rule: ThresholdSettings, keys: KeyStatistics
    ) -> ChosenThreshold {
        var settings = rule
        if rule.rule == .learned {
            settings.manual = ownThreshold(position: position)
            // Nothing of the keys is needed then.
            if case .entmax = activation {} else if rule.offset == 0 { return ChosenThreshold(value: settings.manual) }
        }
        return ThresholdChooser(settings: settings, activation: activation).choose(query, over: keys)
    }

    /// A key of length 1; one of zeros stays as it is.
    static func unit(_ key: ArraySlice<Float>) -> [Float] {
        let norm = max(key.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
        return key.map { $0 / norm }
    }

    /// What is left of an output of weights that sum to D: `D/(D + ε)`.
    static func share(_ normaliser: Double, epsilon: Double) -> Float {
        normaliser > 0 && normaliser.isFinite ? Float(normaliser / (normaliser + epsilon)) : normaliser > 0 ? 1 : 0
    }
}

/// When top-r softmax works: if scores are about N(μ, s²), softmax weights are about N(μ + s², s²), so the mass above t
/// standard deviations is Q(t − s) while the count is n·Q(t).
public enum TiltLaw {
    /// The share of the softmax mass in the `kept` largest of n scores with standard deviation `deviation`.
    public static func mass(kept: Int, of n: Int, deviation: Double) -> Double {
        guard n > 0 else { return 0 }
        return Normal.upperTail(Normal.quantile(ofUpperTail: Double(kept) / Double(n)) - deviation)
    }

    /// The share of all keys that holds `mass` of the softmax: linear in n for a fixed spread.
    public static func share(holding mass: Double, deviation: Double) -> Double {
        Normal.upperTail(Normal.quantile(ofUpperTail: mass) + deviation)
    }

    /// The spread of the scores that puts `mass` into a share of the keys.
    public static func deviation(forMass mass: Double, inShare share: Double) -> Double {
        max(0, Normal.quantile(ofUpperTail: share) - Normal.quantile(ofUpperTail: mass))
    }
}

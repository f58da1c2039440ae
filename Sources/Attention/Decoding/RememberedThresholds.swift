/// Where a stream's rows found their thresholds lately, for each that an index has to find itself: so one half-space is enough.
struct RememberedThresholds {
    /// Entmax's first weight.
    private var support = ThresholdMemory()
    private var supportAlpha = 0.0
    /// The r-th largest score.
    private var rank = ThresholdMemory()
    private var rankShare = -1.0

    /// A score below the one that is to be found, as far as is remembered; −∞ if nothing is.
    @inline(__always)
    mutating func low(_ activation: Activation, _ chosen: ChosenThreshold, of keys: Int) -> Double {
        switch activation {
        case .entmax(let alpha):
            if alpha != supportAlpha { (support, supportAlpha) = (ThresholdMemory(), alpha) }
            return support.guess(chosen.spread, below: 2, widest: 0.6)
        case .relu, .softmax:
            guard let r = chosen.keepLargest else { return -.infinity }
            // What was remembered is of the same share of the keys.
            let share = Double(r) / Double(max(1, keys))
            if abs(share - rankShare) > 0.01 * share { (rank, rankShare) = (ThresholdMemory(), share) }
            return rank.guess(chosen.spread, below: 2, widest: 0.15)
        }
    }

    /// Remembers what a step found.
    @inline(__always)
    mutating func add(_ found: AttentionFinding, _ chosen: ChosenThreshold) {
        switch found.activation {
        case .entmax: if let first = found.support { support.add(first, chosen.spread) }
        case .relu, .softmax:
            if chosen.keepLargest != nil { rank.add(found.threshold - chosen.shift, chosen.spread) }
        }
    }
}

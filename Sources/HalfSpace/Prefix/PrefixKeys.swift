import CKernels

/// Keys as their leading principal components and the norm of the rest, so that by Cauchy and Schwarz
/// `⟨q, k⟩ ≤ ⟨q, mean⟩ + ⟨q', k'⟩`: k' is the components and that norm, q' those of q and the norm of its own rest.
struct PrefixKeys {
    let principal: PrincipalAxes
    let dimension: Int
    /// Components kept.
    let prefix: Int

    /// What rounding may take from a component or a rest, as a share of the vectors' norms.
    static let rounding = CK_PREFIX_ROUNDING

    /// Entries of k' and q'.
    var length: Int { prefix + 1 }

    /// k' of some rows of d floats.
    func shortened(_ keys: UnsafePointer<Float>, _ rows: Range<Int>, into out: inout [Float]) {
        let d = dimension
        var centred = [Double](repeating: 0, count: d)
        for row in rows {
            for t in 0..<d { centred[t] = Double(keys[row * d + t]) - principal.mean[t] }
            let (norm, rest) = components(of: centred, into: &out, at: row * length)
            out[row * length + prefix] = GuardBand.roundedUp(rest + Self.rounding * norm)
        }
    }

    private func components(of x: [Double], into out: inout [Float], at place: Int) -> (norm: Double, rest: Double) {
        let d = dimension
        var square = 0.0
        var kept = 0.0
        x.withUnsafeBufferPointer { x in
            principal.axes.withUnsafeBufferPointer { axes in
                for t in 0..<d { square += x[t] * x[t] }
                for axis in 0..<prefix {
                    var (even, odd) = (0.0, 0.0)
                    var t = 0
                    while t + 1 < d {
                        even += axes[axis * d + t] * x[t]
                        odd += axes[axis * d + t + 1] * x[t + 1]
                        t += 2
                    }
                    if t < d { even += axes[axis * d + t] * x[t] }
                    out[place + axis] = Float(even + odd)
                    kept += (even + odd) * (even + odd)
                }
            }
        }
        return (square.squareRoot(), max(0, square - kept).squareRoot())
    }
}

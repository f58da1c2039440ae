/// Unit vectors in R^d, row-major.
struct Directions: Sendable {
    let dimension: Int
    private(set) var count: Int
    private(set) var entries: [Float]

    /// Row i.
    subscript(i: Int) -> ArraySlice<Float> { entries[(i * dimension)..<((i + 1) * dimension)] }

    /// Random directions; where the space is so small that some would nearly coincide, they are pushed apart until
    /// they lie about evenly on the sphere.
    init(count: Int, dimension: Int, random: CounterRandom) {
        self.count = count
        self.dimension = dimension
        entries = (0..<count).flatMap { random.normalRow($0, width: dimension) }
        normalise()
        guard dimension > 1 && dimension <= 2 * count else { return }
        for round in 0..<60 { repel(by: 0.3 / Float(count) * (1 - Float(round) / 80)) }
    }

    /// Random directions at right angles to each other; at most `dimension` of them.
    static func orthonormal(count: Int, dimension: Int, random: CounterRandom) -> Directions {
        precondition(count <= dimension)
        var rows = Directions(count: 0, dimension: dimension, random: random)
        for i in 0..<count {
            var row = random.normalRow(i, width: dimension).map(Double.init)
            // Twice, so that rounding leaves no angle.
            for _ in 0..<2 {
                for before in 0..<i {
                    let product = zip(row, rows[before]).reduce(0.0) { $0 + $1.0 * Double($1.1) }
                    for t in 0..<dimension { row[t] -= product * Double(rows.entries[before * dimension + t]) }
                }
                let norm = row.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
                for t in 0..<dimension { row[t] /= norm }
            }
            rows.entries += row.map(Float.init)
            rows.count += 1
        }
        return rows
    }

    /// The same directions in the space that the rows of `axes` span, one axis for each dimension here.
    func lifted(by axes: Directions) -> Directions {
        precondition(axes.count == dimension)
        var lifted = axes
        lifted.count = count
        lifted.entries = (0..<count).flatMap { i in
            (0..<axes.dimension).map { t in
                (0..<dimension).reduce(Float(0)) {
                    $0 + entries[i * dimension + $1] * axes.entries[$1 * axes.dimension + t]
                }
            }
        }
        return lifted
    }

    /// ⟨row i, other⟩.
    func product(_ i: Int, with other: some Sequence<Float>) -> Float {
        zip(self[i], other).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private mutating func normalise() {
        for i in 0..<count {
            let norm = product(i, with: self[i]).squareRoot()
            for t in (i * dimension)..<((i + 1) * dimension) {
                entries[t] = norm > 0 ? entries[t] / norm : (t == i * dimension ? 1 : 0)
            }
        }
    }

    /// Moves every vector away from every other, more from the near ones, as equal charges would.
    private mutating func repel(by step: Float) {
        let before = entries
        for i in 0..<count {
            for j in 0..<count where j != i {
                var square: Float = 1e-3
                for t in 0..<dimension {
                    let difference = before[i * dimension + t] - before[j * dimension + t]
                    square += difference * difference
                }
                for t in 0..<dimension {
                    let difference = before[i * dimension + t] - before[j * dimension + t]
                    entries[i * dimension + t] += step * difference / square
                }
            }
        }
        normalise()
    }
}

/// Unit vectors in R^d, row-major.
struct Directions: Sendable {
    let dimension: Int
    let count: Int
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

extension StepWork {
    /// What dense attention does for a step, naive: every key and every value in order, every weight.
    public static func dense(_ shape: StepShape) -> StepWork {
        let n = Double(shape.n)
        let (keys, values) = (shape.keyFloats, n * Double(shape.dv))
        let size = Double(shape.format.bytes)
        switch shape.demand {
        case .powers, .exponentials, .largest:
            // One query of those that share the keys waits for the memory, and the others find near what it read: each of them counts
            // a part of both.
            let isExponential = shape.demand == .exponentials || shape.demand == .largest
            let first = 1 / Double(shape.sharing)
            func phase(_ name: String, share: Double, bytes: Double = 0) -> Phase {
                Phase(
                    name, bytes: bytes, products: share * (keys + values), exponentials: isExponential ? share * n : 0)
            }
            return StepWork(
                waits: 73, sharers: shape.sharing,
                [
                    phase("rows", share: first, bytes: first * size * (keys + values)),
                    phase("rows again", share: 1 - first),
                ])
        case .nearLargest:
            return StepWork(
                waits: 110,
                [
                    Phase("keys", bytes: size * keys, products: keys), Phase("selection", products: 1.5 * n),
                    Phase("rows", bytes: size * values, products: values),
                ])
        }
    }

    /// What a step does that reads all keys and all values in order and gives the answer that is wanted; nil where there is none.
    public static func readingAll(_ shape: StepShape) -> StepWork? {
        switch shape.demand {
        case .powers, .nearLargest: return dense(shape)
        case .exponentials: return shape.sharing > 1 && !shape.keepsToSet ? dense(shape) : nil
        case .largest:
            // Softmax over all keys answers for the r largest as well, and queries share its reading.
            if shape.sharing > 1, !shape.keepsToSet { return dense(shape) }
            let values = Double(shape.n) * Double(shape.dv)
            var work = BruteIndex.work(of: QueryCounts(), in: shape)
            work.phases.removeAll { $0.name == "values" }
            work.phases.append(
                Phase(
                    "values", bytes: Double(shape.format.bytes) * values, products: values, exponentials: shape.members)
            )
            return work
        }
    }
}

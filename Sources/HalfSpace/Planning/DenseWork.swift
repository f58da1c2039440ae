extension StepWork {
    /// What dense attention does for a step, naive: every key and every value in order, every weight.
    public static func dense(_ shape: StepShape) -> StepWork {
        let n = Double(shape.n)
        let (keys, values) = (shape.keyFloats, n * Double(shape.dv))
        // What queries read together counts for one of them; each computes its own products.
        let size = Double(shape.format.bytes)
        let bytes = size * (keys + values) / Double(shape.sharing)
        switch shape.demand {
        case .powers:
            return StepWork(
                waits: 73, [Phase("rows", bytes: bytes, products: keys + values)])
        case .exponentials, .largest:
            return StepWork(
                waits: 73, [Phase("rows", bytes: bytes, products: keys + values, exponentials: n)])
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
        case .exponentials: return shape.sharing > 1 ? dense(shape) : nil
        case .largest:
            // Softmax over all keys answers for the r largest as well, and queries share its reading.
            if shape.sharing > 1 { return dense(shape) }
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

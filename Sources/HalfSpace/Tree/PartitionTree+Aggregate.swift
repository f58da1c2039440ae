import CKernels

extension PartitionTree {
    /// Adds `Σ w·v`, `Σ w` and the count of the half-space; whole nodes answer by their moments where the weight is a power
    /// that they cover.
    func aggregate(_ query: Query, weight: Weight, into sum: Aggregate) {
        precondition(query.vector.count == store.dimension && sum.values.count == store.valueDimension)
        let order = momentOrder(for: weight, threshold: query.threshold)
        if let kernelWeight = Self.kernelWeight(weight), add(query, kernelWeight, order, to: sum) { return }
        let report = Report()
        self.report(query, into: report)
        sum.add(report, weight: weight, store: store)
    }

    /// Adds what the kernel finds; false, with nothing added, where float32 cannot hold the scores.
    private func add(_ query: Query, _ weight: ck_tree_weight, _ order: Int, to sum: Aggregate) -> Bool {
        var room = ck_tree_room()
        if scratchShape.leaves > Int(CK_TREE_SMALL) || store.valueDimension > Self.narrowValues {
            let scratch = sum.treeScratch
            scratch.prepare(scratchShape)
            room = ck_tree_room(
                crossing: scratch.crossing, whole: scratch.whole, frontier: scratch.frontier, values: scratch.values)
        }
        var work = ck_tree_work()
        let width = store.valueDimension
        let added = withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { values in
            values.initialize(repeating: 0)
            let added = query.vector.withUnsafeBufferPointer { q in
                ck_tree_aggregate(
                    layout, q.baseAddress, query.threshold, weight, Int32(order), &room, values.baseAddress,
                    &sum.weight, &sum.count, &sum.largestScore, &work) != 0
            }
            if added { for t in 0..<width { sum.values[t] += Float(values[t]) } }
            return added
        }
        sum.work.visited += work.visited
        sum.work.pruned += work.pruned
        sum.work.whole += work.whole
        sum.work.candidates += work.candidates
        sum.work.wholeKeys += work.whole_keys
        sum.work.bytesRead += work.bytes_read
        if order > 0 && work.whole > 0 { sum.usedMoments = true }
        return added
    }

    /// The moments that answer for whole nodes: those of a power's exponent, if no key of the half-space lies below the
    /// weight's shift.
    private func momentOrder(for weight: Weight, threshold: Double) -> Int {
        guard case .power(let exponent, let shift) = weight, exponent >= 1, exponent <= momentOrder, shift <= threshold
        else { return 0 }
        return exponent
    }

    private static func kernelWeight(_ weight: Weight) -> ck_tree_weight? {
        switch weight {
        case .power(let exponent, let shift):
            guard exponent >= 1, exponent <= 8, abs(shift) < 0x1p60 else { return nil }
            return ck_tree_weight(exponent: Int32(exponent), shift: shift)
        case .exponential(let shift):
            guard abs(shift) < 0x1p60 else { return nil }
            return ck_tree_weight(exponent: 0, shift: shift)
        }
    }
}

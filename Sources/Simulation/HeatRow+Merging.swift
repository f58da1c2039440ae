extension HeatRow {
    /// One row for two runs of steps: each position with the larger of its weights; O(k) for k positions.
    func merging(_ later: HeatRow) -> HeatRow {
        var positions: [UInt32] = []
        var weights: [Float] = []
        positions.reserveCapacity(self.positions.count + later.positions.count)
        weights.reserveCapacity(positions.capacity)
        var (i, j) = (0, 0)
        while i < self.positions.count || j < later.positions.count {
            let left = i < self.positions.count ? self.positions[i] : .max
            let right = j < later.positions.count ? later.positions[j] : .max
            positions.append(min(left, right))
            weights.append(max(left <= right ? self.weights[i] : 0, right <= left ? later.weights[j] : 0))
            if left <= right { i += 1 }
            if right <= left { j += 1 }
        }
        return HeatRow(
            step: later.step, n: max(n, later.n), positions: positions, weights: weights,
            steps: steps + later.steps)
    }
}

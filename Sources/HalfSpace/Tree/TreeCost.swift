extension TreeIndex {
    /// Up to this d a tree may prune.
    public static func pays(_ shape: StepShape) -> Bool { shape.d <= 12 }

    /// Nodes that the boundary crosses, with leaves and their values side by side; nodes wholly inside answer by their moments
    /// or are read as well. Where the threshold is found on the way the descent is made twice.
    public static func work(of counts: QueryCounts, in shape: StepShape) -> StepWork {
        var (moments, descents) = (0, 1.0)
        switch shape.demand {
        case .powers(let exponent):
            let order = TreeMoments.order(dimension: shape.d, valueDimension: shape.dv)
            if exponent <= order {
                let strides = TreeMoments.strides(dimension: shape.d, valueDimension: shape.dv)
                moments = strides[..<max(0, exponent)].reduce(0, +)
            }
        case .exponentials: break
        case .largest, .nearLargest: descents = 2
        }
        let read = counts.candidates + (moments > 0 ? 0 : counts.wholeKeys)
        // The lines of a leaf follow each other, those of two leaves do not.
        let (keyLines, valueLines) = (Double(shape.d) / 16, Double(shape.dv) / 16)
        let leaves = read * (descents * keyLines + valueLines)
        return StepWork(
            waits: 47 * descents + shape.selectionWaits, area: shape.bytes,
            [
                StepWork.Phase(
                    "nodes", lines: descents * counts.visited * 2 * keyLines + counts.whole * Double(moments) / 16),
                StepWork.Phase(
                    "leaves", bytes: leaves / 2 * MachineCosts.lineBytes, lines: leaves / 2,
                    products: read * (descents * Double(shape.d) + Double(shape.dv))),
                shape.selection, shape.values(lines: 0),
            ])
    }
}

import Attention
import HalfSpace

/// The set of a step, listed and judged outside of its time.
extension DecodeSession {
    /// Lists the set outside the timing, for the screen and for the check against the definition.
    func list(
        _ found: AttentionFinding, of query: [Float], _ measurement: Measurement, _ record: inout StepRecord
    ) throws -> HeatRow? {
        if let count = found.count, found.activation.name != "entmax" {
            (record.threshold, record.reported) = (found.threshold, count)
            threshold = found.threshold
            guard measurement.entries || measurement.definition else { return nil }
        }
        try sparse.list(found, of: query, into: report)
        threshold = report.threshold
        record.reported = found.count ?? report.count
        // What is listed of entmax are the keys that may have a weight; its support are those that have one.
        let support = sparse.support(of: report, query, activation: found.activation)
        if let support { (threshold, record.reported) = (support.cut, support.rows.count) }
        record.threshold = threshold
        if measurement.definition {
            let check = SetCheck(found, of: query, report: report, store: store)
            record.missed = check.missed
            record.extra = check.extra
            if settings.activation == .softmax { bound(query, measurement, &record) }
        }
        guard measurement.entries else { return nil }
        // A scan reports in order already; a tree does not.
        var (positions, weights) = (report.positions, [Float]())
        if let support {
            (positions, weights) = (support.rows, support.shares)
        } else if usesLogits {
            let output = AttentionOutput(valueDimension: store.valueDimension)
            weights = logits.attend(query, store: store, positions: positions, into: output)
        } else {
            weights = sparse.shares(of: report, query, activation: found.activation)
        }
        if !positions.isAscending {
            let order = positions.order
            (positions, weights) = (order.map { [positions] in positions[$0] }, order.map { [weights] in weights[$0] })
        }
        return HeatRow(step: record.step, n: record.n, positions: positions, weights: weights)
    }

    /// What bounds the error of softmax, from the whole row's mass: O(n·d), as the check against the definition is.
    private func bound(_ query: [Float], _ measurement: Measurement, _ record: inout StepRecord) {
        var (kept, all) = (LogSum(), LogSum())
        if let sink = logits.sink {
            kept.add(sink)
            all.add(sink)
        }
        query.withUnsafeBufferPointer { q in
            for row in 0..<store.count {
                let score = Membership.score(q, store.key(row))
                all.add(logits(score))
                if score >= record.threshold { kept.add(logits(score)) }
            }
        }
        record.massBound = SoftmaxBounds.mass(logKept: kept.value, logAll: all.value, valueNorm: valueNorm.value)
        record.certificate = SoftmaxBounds.certificate(
            logKept: kept.value, leftOut: store.count - record.reported, threshold: logits(record.threshold),
            valueNorm: valueNorm.value)
        guard measurement.residual, measurement.referee, !usesLogits else { return }
        var (corrected, logMass) = (sparseOutput.values, kept.value)
        residual.correct(&corrected, logMass: &logMass, query: query, report: report, store: store)
        record.residualError = AttentionError(corrected, against: referee.output).largest
    }
}

extension [UInt32] {
    fileprivate var isAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }

    /// Where the elements stand, in ascending order of the elements: sorted as one number each, which is quick.
    fileprivate var order: [Int] {
        indices.map { UInt64(self[$0]) << 32 | UInt64($0) }.sorted().map { Int($0 & 0xFFFF_FFFF) }
    }
}

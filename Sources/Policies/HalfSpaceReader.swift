import HalfSpace

/// Half-space reporting within a budget: the lowest threshold at which what the index reads, and the values, can be paid for.
///
/// The threshold that a rule would have to name for it is searched with the scores known; what is counted is the one query that
/// a rule's threshold would ask.
final class HalfSpaceReader {
    let index: ReportingIndex
    let report = Report()
    private var last = 0

    /// Builds every index that serves these keys and keeps the one that reads least for queries like those of the prompt; keys stand
    /// for them where there are none. Part 2's is left out: it is long to build.
    init(_ start: PolicyStart) throws {
        let store = start.store
        let n = store.count
        var queries = start.queries.suffix(4).map(\.vector)
        if queries.isEmpty { queries = (0..<min(4, n)).map { Array(store.key($0 * n / min(4, n))) } }
        let steps = queries.map { PolicyStep($0, store: store, number: 0) }
        let kept = min(n, max(1, start.budget.rows(of: store) / 2))
        var best: (index: ReportingIndex, bytes: Int)?
        for kind in IndexKind.allCases where kind.rawValue != "net" {
            guard kind.description.dimensions.contains(store.dimension) else { continue }
            do {
                let index = try ReportingIndex(store: store, choice: .fixed(kind))
                index.waitsForMerges = true
                var bytes = 0
                for step in steps where n > 0 {
                    let b = step.scores[Int(step.falling[kept - 1])]
                    index.report(try Query(step.query, threshold: b), into: report)
                    bytes += report.work.bytesRead
                }
                if best.map({ bytes < $0.bytes }) ?? true { best = (index, bytes) }
            } catch is IndexCannotServe {
                continue
            }
        }
        if let best { index = best.index } else { index = try ReportingIndex(store: store, choice: .auto) }
    }

    /// Reports as many of the largest as the budget pays for, beside further metadata of so many bytes.
    /// - Returns: what it read; nil where not even an empty answer can be paid for. Then `least` says what that takes.
    func read(
        _ step: PolicyStep, within budget: PolicyBudget, beside metadata: Int = 0
    ) throws -> (bytes: ReadBytes?, least: Int) {
        let empty = try cost(of: 0, step, metadata)
        guard budget.pays(for: empty) else { return (nil, empty.total) }
        var (low, high) = (0, min(step.count, budget.rows(of: step.store)) + 1)
        // The last query's rank is a good guess; where all can be paid for, that is soon known.
        var guesses = [last + last / 16 + 1, last - last / 16, high - 1]
        var found = empty
        while high - low > max(1, low / 128) {
            let guess = guesses.popLast() ?? (low + high) / 2
            let r = low < guess && guess < high ? guess : (low + high) / 2
            let bytes = try cost(of: r, step, metadata)
            if budget.pays(for: bytes) { (low, found) = (r, bytes) } else { high = r }
        }
        // Walking an index that has nothing to report serves nobody.
        if low == 0, step.count > 0 { return (nil, try cost(of: 1, step, metadata).total) }
        found = try cost(of: low, step, metadata)
        last = low
        return (found, empty.total)
    }

    /// Reports the r largest and counts what that reads.
    func cost(of r: Int, _ step: PolicyStep, _ metadata: Int) throws -> ReadBytes {
        let b = r > 0 ? step.scores[Int(step.falling[r - 1])] : .infinity
        index.report(try Query(step.query, threshold: b), into: report)
        let (store, size) = (step.store, MemoryLayout<Float>.size)
        let read = report.work.bytesRead
        let keys = min(read, (report.work.candidates + report.work.wholeKeys) * store.dimension * size)
        return ReadBytes(
            keys: keys, values: report.count * store.valueDimension * size, metadata: read - keys + metadata)
    }
}

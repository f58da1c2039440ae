import CKernels
import HalfSpace

/// Rows that find their own b (the r largest, entmax) by codes: each guesses a b from the rows before it, lists what reaches
/// the guess, and finds b in the list; where the list cannot vouch for it the row is solved from the definition.
final class CodeLists: @unchecked Sendable {
    private let job: PrefillJob
    private let codes: CodeBlocks
    private let guesses = ThresholdGuesses()

    init(job: PrefillJob, codes: CodeBlocks) {
        self.job = job
        self.codes = codes
    }

    /// Columns of the picture: stretches are at most that wide. 0: none is made.
    var columns = 0

    private var keysPerStretch: Int {
        columns > 0 ? max(1, min(64, codes.blocks / columns)) * CodeBlocks.keysPerBlock : 4096
    }

    /// What a worker needs.
    final class Scratch {
        let queries: CodedQueries
        let solver: RowListSolver
        let fallback: RowSolver
        let lists: [RowList]
        init(job: PrefillJob, codes: CodeBlocks, capacity: Int) {
            queries = CodedQueries(job: job, for: codes, capacity: capacity)
            solver = RowListSolver(job: job)
            fallback = RowSolver(job: job)
            lists = (0..<CodedQueries.most).map { _ in RowList() }
        }
    }

    func makeScratch() -> Scratch { Scratch(job: job, codes: codes, capacity: keysPerStretch) }

    /// Solves a few rows from the definition, so that the others can guess.
    func prime(_ crew: Crew) throws {
        let count = min(job.m, 8)
        try crew.run(
            count, scratch: { RowSolver(job: self.job) },
            task: { index, solver in
                let row = (2 * index + 1) * self.job.m / (2 * count)
                solver.solve(row)
                self.learn(row)
            })
    }

    private func learn(_ row: Int) {
        guard let spread = job.chosen[row].spread else { return }
        guesses.add(b: job.thresholds.base[row], spread: spread)
    }

    /// A score that a row's b surely reaches where b is known, and most likely where it is found.
    private func guess(_ row: Int) -> Double {
        guard job.findsItsOwn else { return job.chosen[row].value - 8 * Double(job.guardBand(row)) }
        return job.chosen[row].spread.map(guesses.guess) ?? -.infinity
    }

    /// Computes rows (at most 64).
    func compute(_ rows: Range<Int>, _ scratch: Scratch, picture: (Range<Int>, Int) -> Void = { _, _ in }) throws {
        let queries = scratch.queries
        try queries.load(rows, threshold: guess)
        let end = job.visible(rows.upperBound - 1)
        let last = (end + CodeBlocks.keysPerBlock - 1) / CodeBlocks.keysPerBlock
        let step = keysPerStretch / CodeBlocks.keysPerBlock
        guard let keys = job.rows.keys else { return }
        for slot in 0..<rows.count { scratch.lists[slot].removeAll() }
        for stretch in stride(from: 0, to: last, by: step) {
            let stop = min(last, stretch + step)
            queries.scan(stretch..<stop, of: codes)
            var entries = 0
            for (slot, row) in rows.enumerated() {
                let count = queries.take(slot, limit: job.visible(row), keys: keys)
                entries += count
                scratch.lists[slot].append(queries.list(slot), queries.dots.base, count: count)
            }
            picture(stretch * CodeBlocks.keysPerBlock..<min(end, stop * CodeBlocks.keysPerBlock), entries)
        }
        for (slot, row) in rows.enumerated() {
            if queries.overflows[slot]
                || !scratch.solver.solve(row, scratch.lists[slot], lower: queries.lower.base[slot])
            {
                scratch.fallback.solve(row)
            }
            learn(row)
        }
    }
}

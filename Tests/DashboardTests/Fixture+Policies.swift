import Policies
import Simulation

@testable import Dashboard

/// A look at every policy, with invented figures.
extension Fixture {
    /// - Parameters:
    ///   - needle: the row that a text is copied from.
    ///   - isPooled: whether queries come from elsewhere.
    static func policies(needle: Int? = nil, isPooled: Bool = false) -> PoliciesFrame {
        var frame = PoliciesFrame()
        frame.phase = .running
        (frame.step, frame.n, frame.budget, frame.reported) = (299, 4096, 131_072, 1204)
        (frame.cacheBytes, frame.asked, frame.looks, frame.followed) = (4096 * 512, 24, 17, 85)
        (frame.isPooled, frame.needle) = (isPooled, needle)
        frame.bins = 1024
        frame.oracle = (0..<1024).map { $0 < 2 || $0 > 1000 || (300..<330).contains($0) ? 2 : 0 }
        frame.oracleRows = Int(frame.oracle.reduce(0, +))
        frame.rows = PolicyKind.allCases.enumerated().map { i, kind in row(kind, i, frame) }
        return frame
    }

    private static func row(_ kind: PolicyKind, _ place: Int, _ frame: PoliciesFrame) -> PoliciesFrame.Row {
        let evicts = kind.card.evicts
        let read = (0..<1024).map { bin -> UInt32 in
            if evicts { return bin < 1 || bin > 900 ? 4 : 0 }
            return bin % (place + 1) == 0 ? frame.oracle[bin] : bin % 97 == place ? 1 : 0
        }
        let missed = zip(frame.oracle, read).map { $0 > $1 ? $0 - $1 : 0 }
        let gone = read.map { evicts && $0 == 0 ? UInt32(4) : 0 }
        var outcome = PoliciesFrame.Outcome(
            rows: 240, recall: 1 / Double(place + 1), mass: 1 / Double(place + 1).squareRoot(),
            error: 0.004 * Double((place * 7) % 12 + 1),
            bytes: .init(keys: 60_000, values: 60_000, metadata: 1000 * place),
            evicted: evicts ? 3800 : 0)
        if kind == .balls { outcome.least = 400_000 }
        var row = PoliciesFrame.Row(
            kind: kind, parameters: [("page_size", "16"), ("token_budget", "240")], read: read, missed: missed,
            gone: gone, outcome: outcome, median: outcome, note: kind == .vattention ? "ε 0.12 at δ 0.05" : "")
        if let needle = frame.needle {
            let bin = needle * frame.bins / frame.n
            (row.readsNeedle, row.keepsNeedle) = (read[bin] > 0, gone[bin] == 0)
        }
        return row
    }
}

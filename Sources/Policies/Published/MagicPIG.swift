import Foundation
import HalfSpace

/// Keys that share a bucket with the query in at least two of L hash tables, each weighed by one over its chance to do so; sinks and
/// the newest keys are always read.
///
/// Chen, Sadhukhan, Ye, Zhou, Zhang, Nolte, Tian, Douze, Bottou, Jia, Chen, *MagicPIG: LSH Sampling for Efficient LLM Generation*,
/// ICLR 2025, arXiv 2410.16179. Keys are centred; a bucket is K signs. K is the least whose expected reads the budget pays for; what a
/// query draws beyond the budget is thinned evenly, and the weights say so.
public final class MagicPIG: CachePolicy {
    public static let card = PolicyCard(
        name: "MagicPIG", source: "MagicPIG: LSH Sampling for Efficient LLM Generation, Chen et al., arXiv 2410.16179",
        words: "hash collisions, weighed")

    /// As published: 4 sinks and the newest 64 keys, and 150 tables.
    public static let sinks = 4
    public static let local = 64
    public static let publishedTables = 150

    private let store: KeyValueStore
    private let budget: PolicyBudget
    private let seed: UInt64
    private let hash: HashTables
    /// K.
    private var signs: Int?

    /// Beside each sampled row the length of its key is read, from which the chance follows.
    private static let perRow = MemoryLayout<Float>.size

    public convenience init(_ start: PolicyStart) { self.init(start, tables: Self.publishedTables) }

    /// - Parameter tables: L.
    public init(_ start: PolicyStart, tables: Int) {
        (store, budget, seed) = (start.store, start.budget, start.seed)
        hash = HashTables(store: store, tables: tables, seed: seed)
        if !start.queries.isEmpty { signs = signs(for: start.queries.suffix(4).map(\.vector)) }
    }

    public var parameters: [(name: String, value: String)] {
        [
            ("K", signs.map(String.init) ?? "by the first query"), ("L", String(hash.tables)),
            ("sinks", String(Self.sinks)), ("local", String(Self.local)),
        ]
    }

    public func take(row: Int) { hash.extend() }

    /// Rows that are read in any case, at most a quarter of what the budget pays for.
    private func fixed(_ n: Int) -> [UInt32] {
        let room = budget.rows(of: store) / 4
        let sinks = min(Self.sinks, room, n)
        let local = min(Self.local, room - sinks, n - sinks)
        return Array(0..<UInt32(sinks)) + (n - local..<n).map(UInt32.init)
    }

    /// `1 − (1−a)^L − L·a·(1−a)^(L−1)` with a = p^K: the chance of two collisions or more.
    static func chance(agreement p: Double, signs: Int, tables: Int) -> Double {
        let a = pow(p, Double(signs))
        let count = Double(tables)
        // Where both terms are nearly 1 their difference is a series.
        guard a * count > 1e-4 else { return count * (count - 1) / 2 * a * a * (1 - 2 * (count - 2) / 3 * a) }
        guard a < 1 else { return 1 }
        return -expm1(count * log1p(-a)) - count * a * exp((count - 1) * log1p(-a))
    }

    /// The least K whose expected reads the budget pays for.
    private func signs(for queries: [[Float]]) -> Int {
        let row = PolicyBudget.rowBytes(store)
        var needed = Array(repeating: 0.0, count: HashTables.mostSigns + 1)
        for query in queries {
            let agreement = hash.agreement(PolicyStep(query, store: store, number: 0))
            for signs in 1...HashTables.mostSigns {
                for p in agreement {
                    let drawn = Self.chance(agreement: p, signs: signs, tables: hash.tables)
                    let entries = pow(p, Double(signs)) * Double(hash.tables)
                    let metadata = drawn * Double(Self.perRow) + entries * Double(Self.perRow)
                    needed[signs] += drawn * Double(row) + (budget.chargesMetadata ? metadata : 0)
                }
            }
        }
        let room = Double(budget.bytes - fixed(store.count).count * row) * Double(queries.count)
        return (1...HashTables.mostSigns).first { needed[$0] <= room } ?? HashTables.mostSigns
    }

    public func read(_ step: PolicyStep) -> PolicyReading {
        let n = step.count
        let always = fixed(n)
        let signs = signs ?? signs(for: [step.query])
        self.signs = signs
        let (counts, entries) = hash.collisions(step.query, signs: signs)
        // The start of each bucket, and the rows that it lists.
        let metadata = (entries + hash.tables) * MemoryLayout<UInt32>.size
        let drawn = (0..<UInt32(n)).filter { counts[Int($0)] >= 2 && !Self.holds(always, $0) }
        let room = budget.rows(
            of: store, beside: metadata + always.count * PolicyBudget.rowBytes(store), each: Self.perRow)
        let free = budget.chargesMetadata ? room : budget.rows(of: store) - always.count
        guard budget.pays(for: ReadBytes(rows: always.count, of: store, metadata: metadata)) else {
            return .unaffordable(least: metadata + (always.count + 1) * PolicyBudget.rowBytes(store))
        }
        var random = SplitMix(seed: seed, step: step.number)
        let kept = random.sample(max(0, free), of: drawn)
        let thinning = kept.isEmpty ? 1 : Double(drawn.count) / Double(kept.count)
        let agreement = hash.agreement(step)
        let weights = kept.map {
            thinning / Self.chance(agreement: agreement[Int($0)], signs: signs, tables: hash.tables)
        }
        var reading = PolicyReading(
            rows: always + kept, weights: Array(repeating: 1, count: always.count) + weights,
            bytes: ReadBytes(
                rows: always.count + kept.count, of: store, metadata: metadata + kept.count * Self.perRow))
        if thinning > 1 { reading.note = "thinned to \(kept.count) of \(drawn.count)" }
        return reading
    }

    /// Whether a row is among some that are few and ascending.
    private static func holds(_ rows: [UInt32], _ row: UInt32) -> Bool {
        guard let first = rows.first, let last = rows.last, first <= row, row <= last else { return false }
        return rows.contains(row)
    }
}

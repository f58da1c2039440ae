import Foundation
import HalfSpace
import Testing

@testable import Policies

@Suite("Policies do what their publications say")
struct PublishedFormTests {
    @Test func questBoundsEveryKeyOfEveryPage() throws {
        for cache in try [Cache(n: 500, d: 5, scale: 3), Cache(n: 33, d: 64), Cache(n: 100, d: 1)] + Cache.real() {
            // Half of the keys come one by one.
            let store = try cache.store(cache.count / 2)
            let quest = Quest(PolicyStart(store: store, budget: PolicyBudget(rows: 10, of: store)))
            for row in cache.count / 2..<cache.count {
                try store.append(keys: cache.keys[row], values: cache.values[row])
                quest.take(row: row)
            }
            for query in cache.queries {
                let scores = PolicyStep(query, store: store, number: 0).scores
                var touched = 0
                for (row, score) in scores.enumerated() {
                    let bound = quest.bound(page: row / Quest.pageSize, query)
                    #expect(score <= bound)
                    if score == bound { touched += 1 }
                }
                // Of one dimension the bound is some key's score.
                if cache.dimension == 1 { #expect(touched >= (cache.count + 15) / 16) }
            }
        }
    }

    @Test func questReadsThePagesOfLargestBound() throws {
        let cache = Cache(n: 320)
        let store = try cache.store()
        let quest = Quest(PolicyStart(store: store, budget: PolicyBudget(rows: 64, of: store, chargesMetadata: false)))
        let reading = quest.read(PolicyStep(cache.queries[0], store: store, number: 0))
        let pages = Set(reading.rows.map { Int($0) / 16 })
        #expect(reading.rows.count == 64 && pages.count == 4)
        let least = pages.map { quest.bound(page: $0, cache.queries[0]) }.min() ?? 0
        for page in 0..<20 where !pages.contains(page) { #expect(quest.bound(page: page, cache.queries[0]) <= least) }
        #expect(reading.bytes.metadata == 20 * 2 * 8 * 4)
    }

    @Test func streamingKeepsExactlySinksAndWindow() throws {
        let cache = Cache(n: 90)
        let store = try cache.store(50)
        let policy = StreamingLLM(PolicyStart(store: store, budget: PolicyBudget(rows: 20, of: store)))
        for row in 50..<90 {
            try store.append(keys: cache.keys[row], values: cache.values[row])
            policy.take(row: row)
            let reading = policy.read(PolicyStep(cache.queries[0], store: store, number: row))
            #expect(reading.rows == Array(0..<4) + Array(UInt32(row - 15)...UInt32(row)))
        }
    }

    /// Plain bookkeeping of what the publication says, with nothing of ours.
    private struct Replay {
        var kept: [Int]
        var sums: [Int: Double]

        mutating func attend(_ query: [Float], _ keys: [[Float]], _ rows: [Int]) {
            let scores = rows.map { row in
                zip(query, keys[row]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                    / Double(query.count).squareRoot()
            }
            let total = scores.reduce(0) { $0 + exp($1) }
            for (row, score) in zip(rows, scores) { sums[row, default: 0] += exp(score) / total }
        }

        mutating func shrink(to size: Int, recent: Int) {
            while kept.count > size {
                let older = kept.dropLast(recent)
                let least = older.min { (sums[$0] ?? 0, $0) < (sums[$1] ?? 0, $1) }
                kept.removeAll { $0 == least }
            }
        }
    }

    @Test func heavyHittersFollowABruteForceReplay() throws {
        let cache = Cache(n: 120, queries: 130)
        let store = try cache.store(60)
        let size = 20
        let row = PolicyBudget.rowBytes(store)
        let asked = (40..<60).map { PromptQuery(cache.queries[$0], rows: $0 + 1) }
        let policy = HeavyHitters(
            PolicyStart(store: store, queries: asked, budget: PolicyBudget(bytes: size * (row + 4))))
        var replay = Replay(kept: Array(0..<60), sums: [:])
        for query in asked { replay.attend(query.vector, cache.keys, Array(0..<query.rows)) }
        replay.shrink(to: size, recent: size / 2)
        #expect(policy.kept?.map(Int.init) == replay.kept)
        for next in 60..<120 {
            try store.append(keys: cache.keys[next], values: cache.values[next])
            policy.take(row: next)
            replay.kept.append(next)
            replay.shrink(to: size, recent: size / 2)
            let reading = policy.read(PolicyStep(cache.queries[next], store: store, number: next))
            replay.attend(cache.queries[next], cache.keys, replay.kept)
            #expect(reading.rows.map(Int.init) == replay.kept)
            for kept in replay.kept { #expect(abs(policy.sums[kept] - (replay.sums[kept] ?? 0)) < 1e-12) }
        }
    }

    @Test func snapKVKeepsTheWindowAndWhatItsQueriesVoteFor() throws {
        var cache = Cache(n: 400, queries: 40, scale: 0.1)
        // Every query of the window looks at one place.
        let target = 123
        cache.keys[target] = cache.queries[0].map { 8 * $0 }
        let store = try cache.store()
        let asked = (368..<400).map { PromptQuery(cache.queries[0], rows: $0 + 1) }
        let policy = SnapKV(PolicyStart(store: store, queries: asked, budget: PolicyBudget(rows: 100, of: store)))
        let kept = Set(policy.kept ?? [])
        #expect(kept.count == 100 && kept.isSuperset(of: (368..<400).map(UInt32.init)))
        // Its votes are shared with the neighbours.
        #expect(kept.isSuperset(of: (target - 2...target + 2).map(UInt32.init)))
    }

    @Test func halfSpacePoliciesReportExactlyAHalfSpace() throws {
        for cache in try [Cache(n: 300)] + Cache.real() {
            let store = try cache.store()
            let run = try PolicyRun(
                store: store, queries: [], budget: PolicyBudget(rows: cache.count * 4 / 5, of: store),
                kinds: [.hsr, .means, .balls])
            for query in cache.queries {
                let scores = PolicyStep(query, store: store, number: 0).scores
                for outcome in try run.compare(query).outcomes {
                    // Balls around clusters may rule out too little to end before all bytes are spent.
                    #expect(!outcome.rows.isEmpty || outcome.kind == .balls)
                    let rows = Set(outcome.rows)
                    let least = rows.map { scores[Int($0)] }.min() ?? .infinity
                    let best = scores.indices.filter { !rows.contains(UInt32($0)) }.map { scores[$0] }.max()
                    // The sound stop proves that nothing it did not see is above.
                    #expect(best ?? -.infinity < least, "\(outcome.kind)")
                }
            }
        }
    }

    @Test func centroidsProveNothingAndBallsDo() throws {
        let cache = Cache(n: 256, d: 16, queries: 40)
        let store = try cache.store()
        let run = try PolicyRun(
            store: store, queries: [], budget: PolicyBudget(rows: 120, of: store, chargesMetadata: false),
            kinds: [.louver, .balls])
        var missed = 0
        for query in cache.queries {
            let scores = PolicyStep(query, store: store, number: 0).scores
            let outcomes = try run.compare(query).outcomes
            for outcome in outcomes {
                let rows = Set(outcome.rows)
                let least = rows.map { scores[Int($0)] }.min() ?? .infinity
                let isWhole = scores.indices.allSatisfy { rows.contains(UInt32($0)) || scores[$0] < least }
                if outcome.kind == .balls { #expect(isWhole) } else if !isWhole { missed += 1 }
            }
        }
        #expect(missed > 0, "the published stop never missed a key")
    }
}

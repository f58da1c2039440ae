import HalfSpace
import Testing

@testable import Policies

@Suite("Every policy keeps its budget, says what it read, and does the same again")
struct BudgetTests {
    /// A run of a prompt and a few steps that each bring a key.
    private func comparisons(
        _ cache: Cache, prompt: Int, budget: (KeyValueStore) -> PolicyBudget, seed: UInt64 = 1,
        kinds: [PolicyKind] = PolicyKind.allCases
    ) throws -> [PolicyComparison] {
        let store = try cache.store(prompt)
        let queries = cache.queries.prefix(2).map { PromptQuery($0, rows: prompt) }
        let run = try PolicyRun(store: store, queries: queries, budget: budget(store), kinds: kinds, seed: seed)
        var found: [PolicyComparison] = []
        for (i, row) in (prompt..<cache.count).enumerated() {
            try run.append(key: cache.keys[row], value: cache.values[row])
            found.append(try run.compare(cache.queries[i % cache.queries.count]))
        }
        return found
    }

    @Test(arguments: [true, false])
    func budgetsAreKept(charges: Bool) throws {
        for cache in try [Cache(n: 160, d: 3, scale: 5)] + Cache.real() {
            for rows in [0, 7, cache.count / 4] {
                let prompt = cache.count - 4
                let found = try comparisons(cache, prompt: prompt) {
                    PolicyBudget(rows: rows, of: $0, chargesMetadata: charges)
                }
                for comparison in found {
                    for outcome in comparison.outcomes {
                        #expect(comparison.budget.pays(for: outcome.bytes), "\(outcome.kind) at \(rows) rows")
                        #expect(Set(outcome.rows).count == outcome.rows.count)
                        #expect(outcome.rows.allSatisfy { $0 < comparison.n })
                        #expect(outcome.error >= 0 && outcome.error.isFinite)
                        #expect(outcome.bytes.values >= outcome.rows.count * 4)
                    }
                }
            }
        }
    }

    @Test func theSameSeedReadsTheSame() throws {
        let cache = Cache(n: 260)
        let budget = { (store: KeyValueStore) in PolicyBudget(rows: 60, of: store) }
        let (first, again) = (
            try comparisons(cache, prompt: 256, budget: budget), try comparisons(cache, prompt: 256, budget: budget)
        )
        for (a, b) in zip(first, again) {
            for (x, y) in zip(a.outcomes, b.outcomes) {
                #expect(x.rows == y.rows && x.error == y.error && x.bytes == y.bytes, "\(x.kind)")
            }
        }
        let other = try comparisons(cache, prompt: 256, budget: budget, seed: 2)
        for kind in [PolicyKind.random, .vattention, .magicpig] {
            let rows = { (found: [PolicyComparison]) in found[0].outcomes.first { $0.kind == kind }?.rows }
            #expect(rows(first) != rows(other), "\(kind) does not follow its seed")
        }
        // Two steps of a run draw anew.
        let random = first.map { $0.outcomes.first { $0.kind == .random }?.rows.filter { $0 < 256 } }
        #expect(random[0] != random[1])
    }

    @Test func nothingAtAllIsReadOfNothing() throws {
        for n in [0, 1, 2, 17] {
            for rows in [0, 1, 1000] {
                let cache = Cache(n: n)
                let store = try cache.store()
                let run = try PolicyRun(store: store, queries: [], budget: PolicyBudget(rows: rows, of: store))
                let found = try run.compare([Float](repeating: 0, count: 8))
                for outcome in found.outcomes where n == 0 || rows == 0 {
                    #expect(outcome.rows.isEmpty, "\(outcome.kind)")
                }
            }
        }
    }

    @Test func aBudgetAboveAllReadsAll() throws {
        for cache in try [Cache(n: 1), Cache(n: 130), Cache(n: 64, scale: 0)] + Cache.real() {
            let store = try cache.store()
            let budget = PolicyBudget(rows: 40 * max(cache.count, 50), of: store)
            let run = try PolicyRun(store: store, queries: [], budget: budget)
            for query in cache.queries {
                for outcome in try run.compare(query).outcomes where outcome.kind != .magicpig {
                    #expect(outcome.rows.count == cache.count, "\(outcome.kind)")
                    #expect(outcome.error < 1e-6, "\(outcome.kind): \(outcome.error)")
                    #expect(outcome.recall == 1 && outcome.mass > 1 - 1e-9 && outcome.gone.isEmpty)
                }
            }
        }
    }

    @Test func keysThatAreAllEqualAreTakenByEveryPolicy() throws {
        var cache = Cache(n: 120)
        cache.keys = Array(repeating: cache.keys[0], count: 120)
        cache.values = Array(repeating: cache.values[0], count: 120)
        let store = try cache.store()
        let run = try PolicyRun(store: store, queries: [], budget: PolicyBudget(rows: 70, of: store))
        for outcome in try run.compare(cache.queries[0]).outcomes where !outcome.rows.isEmpty {
            // Any of them gives the whole answer.
            #expect(outcome.error < 1e-6, "\(outcome.kind)")
        }
    }

    @Test func whatIsEvictedStaysAway() throws {
        let cache = Cache(n: 160)
        let found = try comparisons(cache, prompt: 100) { PolicyBudget(rows: 24, of: $0) }
        for place in PolicyKind.allCases.indices {
            var gone: Set<UInt32> = []
            for comparison in found {
                let outcome = comparison.outcomes[place]
                #expect(gone.isSubset(of: outcome.gone), "\(outcome.kind) has back what it evicted")
                gone = Set(outcome.gone)
                #expect(gone.isDisjoint(with: outcome.rows), "\(outcome.kind) reads what it evicted")
                #expect(outcome.kind.card.evicts == !gone.isEmpty, "\(outcome.kind)")
            }
        }
    }
}

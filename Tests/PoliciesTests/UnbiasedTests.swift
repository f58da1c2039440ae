import Foundation
import HalfSpace
import Testing

@testable import Policies

@Suite("Policies that sample are unbiased on average over seeds")
struct UnbiasedTests {
    /// Means over the seeds of each row's weight (0 where it was not read), with what a mean may err by.
    private func weights(
        of cache: Cache, seeds: Int, _ read: (UInt64, PolicyStep) -> PolicyReading
    ) throws -> [(mean: Double, error: Double)] {
        let store = try cache.store()
        var sums = Array(repeating: (0.0, 0.0), count: cache.count)
        for seed in 0..<seeds {
            let step = PolicyStep(cache.queries[0], store: store, number: 3)
            let reading = read(UInt64(seed), step)
            for (i, row) in reading.rows.enumerated() {
                let weight = reading.weights.isEmpty ? 1 : reading.weights[i]
                sums[Int(row)].0 += weight
                sums[Int(row)].1 += weight * weight
            }
        }
        return sums.map { sum, squares in
            let mean = sum / Double(seeds)
            return (mean, max(0, squares / Double(seeds) - mean * mean).squareRoot() / Double(seeds).squareRoot())
        }
    }

    @Test(arguments: [200, 24])
    func magicPIGWeighsEachKeyByOneOverItsChance(rows: Int) throws {
        let cache = Cache(n: 60, d: 6)
        let store = try cache.store()
        // The smaller budget makes it thin what it draws.
        let budget = PolicyBudget(rows: rows, of: store, chargesMetadata: false)
        let asked = [PromptQuery(cache.queries[0], rows: 60)]
        let found = try weights(of: cache, seeds: 600) { seed, step in
            MagicPIG(PolicyStart(store: store, queries: asked, budget: budget, seed: seed), tables: 12).read(step)
        }
        for (row, weight) in found.enumerated() {
            #expect(abs(weight.mean - 1) < 5 * weight.error + 0.02, "row \(row): \(weight)")
        }
        #expect(found.contains { $0.error > 0.002 }, "nothing was drawn by chance")
    }

    @Test func theChanceOfTwoCollisionsIsWhatHappens() throws {
        let cache = Cache(n: 30, d: 6)
        let store = try cache.store()
        let (tables, signs, seeds) = (8, 3, 600)
        var met = Array(repeating: 0, count: 30)
        var agreement: [Double] = []
        for seed in 0..<seeds {
            let hash = HashTables(store: store, tables: tables, seed: UInt64(seed))
            let counts = hash.collisions(cache.queries[0], signs: signs).counts
            for row in met.indices where counts[row] >= 2 { met[row] += 1 }
            if seed == 0 { agreement = hash.agreement(PolicyStep(cache.queries[0], store: store, number: 0)) }
        }
        for row in met.indices {
            let chance = MagicPIG.chance(agreement: agreement[row], signs: signs, tables: tables)
            let error = (chance * (1 - chance) / Double(seeds)).squareRoot()
            #expect(abs(Double(met[row]) / Double(seeds) - chance) < 5 * error + 1e-3)
        }
    }

    @Test func theChanceKeepsItsDigitsWhereItIsSmall() {
        // C(L,2)·a² for a tiny a; both branches agree where they meet.
        let chance = MagicPIG.chance(agreement: 1e-3, signs: 3, tables: 150)
        #expect(abs(chance / (150 * 149 / 2 * 1e-18) - 1) < 1e-6)
        let (below, above) = (
            MagicPIG.chance(agreement: 0.99e-4 / 150, signs: 1, tables: 150),
            MagicPIG.chance(agreement: 1.01e-4 / 150, signs: 1, tables: 150)
        )
        #expect(abs(above / below - pow(1.01 / 0.99, 2)) < 1e-4)
        #expect(MagicPIG.chance(agreement: 1, signs: 8, tables: 150) == 1)
    }

    @Test func verifiedSamplingWeighsItsSampleUpToTheWhole() throws {
        let cache = Cache(n: 80, d: 6)
        let store = try cache.store()
        let budget = PolicyBudget(rows: 24, of: store)
        let found = try weights(of: cache, seeds: 1000) { seed, step in
            VerifiedSampling(PolicyStart(store: store, budget: budget, seed: seed)).read(step)
        }
        for weight in found { #expect(abs(weight.mean - 1) < 5 * weight.error + 1e-9) }
        #expect(found.count { $0.error > 0 } == 80 - 12)
    }

    @Test func verifiedSamplingKeepsItsPromise() throws {
        let cache = Cache(n: 2000, d: 6)
        let store = try cache.store()
        let step = PolicyStep(cache.queries[0], store: store, number: 0)
        let whole = step.scores.reduce(0) { $0 + exp($1) }
        let seeds = 200
        var broken = 0
        for seed in 0..<seeds {
            let policy = VerifiedSampling(
                PolicyStart(store: store, budget: PolicyBudget(rows: 300, of: store), seed: UInt64(seed)))
            let reading = policy.read(step)
            let words = reading.note.split(separator: " ")
            let epsilon = try #require(words.count > 1 ? Double(words[1]) : nil)
            let found = zip(reading.rows, reading.weights).reduce(0) { $0 + $1.1 * exp(step.scores[Int($1.0)]) }
            if abs(found / whole - 1) > epsilon { broken += 1 }
        }
        // δ is 0.05; the central limit theorem holds only nearly.
        #expect(Double(broken) / Double(seeds) < 0.1)
    }
}

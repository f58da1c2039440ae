import Testing

@testable import HalfSpace

@Suite struct PlannerTests {
    /// Normal keys; the values are the keys.
    private func store(n: Int, d: Int) throws -> KeyValueStore {
        var dice = SplitMix(seed: UInt64(n + d))
        let store = KeyValueStore(dimension: d, valueDimension: d, capacity: n)
        let keys = (0..<n * d).map { _ in Float(dice.normal()) }
        try store.append(keys: keys, values: keys)
        return store
    }

    private func plan(n: Int, d: Int, _ hints: QueryHints = QueryHints()) throws -> Plan {
        Planner(store: try store(n: n, d: d), hints: hints).plan()
    }

    @Test func fewKeysAreReadAsDenseAttentionReadsThem() throws {
        for d in [1, 2, 8] {
            let plan = try plan(n: 128, d: d)
            #expect(plan.answersDensely && plan.kind == .brute)
        }
    }

    @Test func aTreeAtLowAndCodesAtHighDimension() throws {
        #expect(try plan(n: 40_000, d: 3).kind == .tree)
        #expect(try plan(n: 20_000, d: 64).kind == .quantised)
    }

    @Test func aPrefixWhereKeysAreOfLowRank() throws {
        var dice = SplitMix(seed: 3)
        let (n, d, rank) = (20_000, 64, 3)
        let axes = dice.normals(rank * d)
        var keys = [Float](repeating: 0, count: n * d)
        for j in 0..<n {
            let x = dice.normals(rank)
            for t in 0..<d {
                keys[j * d + t] = 0.01 * dice.normal()
                for i in 0..<rank { keys[j * d + t] += x[i] * axes[i * d + t] }
            }
        }
        let store = KeyValueStore(dimension: d, valueDimension: d, capacity: n)
        try store.append(keys: keys, values: keys)
        let planner = Planner(store: store, hints: QueryHints(expectedShare: 0.02))
        let plan = planner.plan()
        #expect(plan.kind == .prefix && plan.reason.hasPrefix("prefix"))
        #expect(plan.reason.contains("principal components hold 9"))
        #expect(planner.plan(without: [.prefix]).kind == .quantised)
    }

    @Test func aHalfSpaceOfMostKeysIsNoSparseProblem() throws {
        let most = try plan(n: 40_000, d: 4, QueryHints(expectedShare: 0.9, demand: .powers(exponent: 4)))
        #expect(most.answersDensely && most.reason.contains("90 %"))
    }

    @Test func cellsOfDirectionsWhereKeysStay() throws {
        var hints = QueryHints()
        hints.keysStay = true
        let store = try store(n: 1 << 17, d: 3)
        let planner = Planner(store: store, hints: hints)
        #expect(planner.plan().kind == .net)
        #expect(planner.plan(without: [.net]).kind == .tree)
    }

    @Test func keysInClustersArePrunedBetterThanNormalOnes() throws {
        var dice = SplitMix(seed: 5)
        let (n, d) = (20_000, 8)
        let clustered = KeyValueStore(dimension: d, valueDimension: d, capacity: n)
        let centres = (0..<64).map { _ in (0..<d).map { _ in Float(4 * dice.normal()) } }
        let keys = (0..<n).flatMap { i in centres[i % 64].map { $0 + Float(0.02 * dice.normal()) } }
        try clustered.append(keys: keys, values: keys)
        let hints = QueryHints(expectedShare: 0.02)
        let tight = try #require(PlanProbe(of: clustered, hints: hints).counts(of: .tree))
        let loose = try #require(PlanProbe(of: try store(n: n, d: d), hints: hints).counts(of: .tree))
        #expect(tight.candidates < 0.5 * loose.candidates)
    }

    @Test func whatWasPlannedIsSaid() throws {
        let index = try ReportingIndex(store: try store(n: 10, d: 2), choice: .auto)
        #expect(index.answersDensely && index.statistics.reason.contains("10 keys"))
    }

    @Test func itThinksAgainWhenOtherQueriesCome() throws {
        let index = try ReportingIndex(store: try store(n: 40_000, d: 3), choice: .auto)
        #expect(!index.answersDensely && index.statistics.kind == .tree)
        #expect(!index.reconsider(QueryHints(expectedShare: 0.95, demand: .powers(exponent: 4))))
        #expect(index.answersDensely)
        #expect(!index.reconsider(QueryHints(expectedShare: 0.01)))
        #expect(!index.answersDensely)
        let none = try ReportingIndex(
            store: try store(n: 40_000, d: 3), choice: .auto,
            hints: QueryHints(expectedShare: 0.95, demand: .powers(exponent: 4)))
        #expect(none.answersDensely && none.reconsider(QueryHints(expectedShare: 0.01)))
    }
}

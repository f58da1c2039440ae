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

    @Test func queriesThatAreLookedForTogetherCountTheReadingOnce() throws {
        let store = try store(n: 8192, d: 64)
        var hints = QueryHints(expectedShare: 0.16, demand: .largest)
        let alone = StepShape(of: store, hints: hints)
        hints.sharing = 12
        let group = StepShape(of: store, hints: hints)
        hints.looks = 2
        let pair = StepShape(of: store, hints: hints)
        #expect(alone.looks == 1 && group.looks == 8 && pair.looks == 2, "at most eight are looked for at once")
        var counts = QueryCounts()
        counts.bytes = 400_000
        counts.candidates = 1500
        let codes = try [alone, pair, group].map { shape in
            try #require(QuantisedIndex.work(of: counts, in: shape).phases.first { $0.name == "codes" })
        }
        #expect(codes.map(\.bytes) == [400_000, 200_000, 50_000])
        #expect(codes.map { $0.codes + $0.codesTogether } == Array(repeating: codes[0].codes, count: 3))
        // Of naive's rows one query in twelve waits for the memory; each multiplies all of them.
        let dense = (StepWork.dense(alone), StepWork.dense(group))
        func bytes(_ work: StepWork) -> Double { work.phases.reduce(0) { $0 + $1.bytes } }
        func products(_ work: StepWork) -> Double { work.phases.reduce(0) { $0 + $1.products } }
        #expect(abs(bytes(dense.1) * 12 / bytes(dense.0) - 1) < 1e-9)
        #expect(abs(dense.1.bytes / dense.0.bytes - 1) < 1e-9, "what all of them touch has to stay near")
        #expect(abs(products(dense.1) / products(dense.0) - 1) < 1e-9)
        // Softmax over all keys is no answer where it has to be over the set.
        #expect(StepWork.readingAll(group) == StepWork.dense(group))
        hints.keepsToSet = true
        let kept = StepShape(of: store, hints: hints)
        #expect(StepWork.readingAll(kept) != StepWork.dense(kept))
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

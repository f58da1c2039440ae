import Testing

@testable import HalfSpace

@Suite struct PlannerTests {
    @Test func fewKeysAreReadAsDenseAttentionReadsThem() {
        for d in [1, 2, 8, 64, 128] {
            let plan = Planner.plan(n: 256, d: d, dv: d, hints: QueryHints())
            #expect(plan.answersDensely && plan.kind == .brute)
        }
    }

    @Test func aTreeAtLowAndCodesAtHighDimension() {
        #expect(Planner.plan(n: 65_536, d: 4, dv: 4, hints: QueryHints()).kind == .tree)
        #expect(Planner.plan(n: 65_536, d: 64, dv: 64, hints: QueryHints()).kind == .quantised)
    }

    @Test func aHalfSpaceOfMostKeysIsNoSparseProblem() {
        #expect(Planner.plan(n: 1 << 20, d: 4, dv: 4, hints: QueryHints(expectedShare: 0.9)).answersDensely)
    }

    @Test func cellsOfDirectionsWhereKeysStay() {
        var hints = QueryHints()
        hints.keysStay = true
        #expect(Planner.plan(n: 1 << 20, d: 3, dv: 3, hints: hints).kind == .net)
    }

    @Test func whatWasPlannedIsSaid() throws {
        let store = KeyValueStore(dimension: 2, valueDimension: 2, capacity: 10)
        try store.append(keys: Array(repeating: 1, count: 20), values: Array(repeating: 1, count: 20))
        let index = try ReportingIndex(store: store, choice: .auto)
        #expect(index.answersDensely && index.statistics.reason.contains("10 keys"))
    }
}

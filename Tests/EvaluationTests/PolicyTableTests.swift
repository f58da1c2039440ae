import Assets
import Attention
import HalfSpace
import Policies
import Testing
import Workload

@testable import Evaluation

@Suite("T9, the policies at the same bytes")
struct PolicyTableTests {
    /// Clustered keys with queries that look at one cluster, some of them per step.
    private func episode(n: Int, d: Int = 6, steps: Int = 4) throws -> PolicyEpisode {
        var dice = Dice(11)
        let store = KeyValueStore(dimension: d, valueDimension: 3, capacity: n + steps)
        try store.append(keys: dice.normals(n * d), values: dice.normals(n * 3))
        return PolicyEpisode(
            label: "dice", store: store,
            asked: (0..<8).map { PromptQuery(dice.normals(d), rows: n - 8 + $0 + 1) },
            steps: (0..<steps).map { _ in
                DecodeInput(query: dice.normals(d).map { 2 * $0 }, key: dice.normals(d), value: dice.normals(3))
            })
    }

    @Test func everyPolicyHasALineAtEveryBudget() throws {
        let table = try Evaluation.policies(of: "dice", [try episode(n: 128)])
        #expect(table.rows.count == PolicyKind.allCases.count * PolicyTableBudget.all.count)
        #expect(table.verdict != nil && table.finding.contains("oracle top-r"))
        // A policy that could read nothing says what it needs, and has no error.
        for row in table.rows where row[5] == .none { #expect(row.last?.shown.hasPrefix("needs ") == true) }
        // More bytes, less error for the oracle.
        let oracle = table.rows.filter { $0[4].shown.hasPrefix("oracle") }.prefix(5).compactMap { $0[5].number }
        #expect(oracle == oracle.sorted(by: >))
    }

    @Test func theStoreIsLeftAsItWas() throws {
        let episode = try episode(n: 100)
        _ = try Evaluation.policies(of: "dice", [episode])
        #expect(episode.store.count == 100)
    }

    @Test func aTraceKnowsTheQueriesOfItsPrompt() throws {
        let source = try WorkloadSource(
            kind: .trace, seed: 1, path: Self.path("smollm2-holmes-4096"), layer: nil, head: 0)
        let episode = try source.episode(n: 300, d: 0, queries: 5, head: 0)
        #expect(episode.store.count == 300 && episode.asked.count == 299 && episode.steps.count == 5)
        #expect(episode.asked.last?.rows == 300 && !episode.isPooled)
        #expect(episode.steps.allSatisfy { $0.key != nil })
        let pooled = try WorkloadSource(kind: .trace, seed: 1, path: Self.path("minilm-layer1"), layer: nil, head: 0)
            .episode(n: 300, d: 0, queries: 5, head: 0)
        #expect(pooled.isPooled && pooled.store.count == 300 && pooled.asked.count == 32 && pooled.steps.count == 5)
        #expect(pooled.asked.allSatisfy { $0.rows == 300 } && pooled.steps.allSatisfy { $0.key == nil })
    }

    private static func path(_ name: String) -> String {
        Assets.traces.appendingPathComponent("\(name).safetensors").path
    }

    @Test func theTimedQuestReadsThePagesOfThePolicy() throws {
        let episode = try episode(n: 320)
        let store = episode.store
        let quest = Quest(PolicyStart(store: store, budget: PolicyBudget(rows: 64, of: store, chargesMetadata: false)))
        let scan = try QuestScan(store: store)
        let output = AttentionOutput(valueDimension: 3)
        for step in episode.steps {
            let now = PolicyStep(step.query, store: store, number: 0)
            scan.attend(step.query, pages: 4, into: output)
            let ours = quest.read(now).attend(now)
            for (a, b) in zip(output.values, ours) { #expect(abs(a - b) < 1e-4) }
        }
        scan.attend(episode.steps[0].query, pages: 0, into: output)
        #expect(output.values == [0, 0, 0])
    }
}

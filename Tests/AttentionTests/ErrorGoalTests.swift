import Assets
import Foundation
import HalfSpace
import Testing
import Workload

@testable import Attention

/// The least set that an error allows, against the definition of "least" and against the error itself.
@Suite struct ErrorGoalTests {
    private struct Rows {
        var store: KeyValueStore
        var queries: [[Float]]
        var norm: Double { ValueNorm(of: store).value }
    }

    private static func rows(_ name: String) throws -> Rows {
        let workload: any Workload =
            switch name {
            case "decoder":
                try TraceWorkload(
                    path: Assets.traces.appendingPathComponent("smollm2-holmes-4096.safetensors").path, head: 2, n: 900)
            case "encoder": try TraceWorkload(path: Assets.trace.path, head: 1, n: 1_000)
            case "tied": try WorkloadRequest(kind: .gaussian, seed: 3, n: 60, d: 1).make()
            default: try WorkloadRequest(kind: .massive, seed: 3, n: 1_200, d: 4).make()
            }
        let store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: 4_000)
        try workload.fillPrompt(of: store, progress: { _ in })
        if name == "tied" {
            // Every key four times over.
            for row in 0..<180 {
                try store.append(keys: Array(store.key(row % 60)), values: Array(store.value((row * 7) % 60)))
            }
        }
        return Rows(store: store, queries: try (0..<6).map { try workload.step($0 * 5, sequence: 0).query })
    }

    private static func falling(_ query: [Float], _ store: KeyValueStore) -> [Double] {
        query.withUnsafeBufferPointer { q in (0..<store.count).map { Membership.score(q, store.key($0)) } }.sorted(
            by: >)
    }

    /// ‖out_R − out‖_∞ of the keys that score at least b.
    private static func error(_ query: [Float], _ store: KeyValueStore, above b: Double) -> Double {
        var (kept, all) = (
            (0.0, [Double](repeating: 0, count: store.valueDimension)),
            (0.0, [Double](repeating: 0, count: store.valueDimension))
        )
        query.withUnsafeBufferPointer { q in
            for j in 0..<store.count {
                let score = Membership.score(q, store.key(j))
                let weight = exp(score)
                all.0 += weight
                for t in all.1.indices { all.1[t] += weight * Double(store.value(j)[t]) }
                guard score >= b else { continue }
                kept.0 += weight
                for t in kept.1.indices { kept.1[t] += weight * Double(store.value(j)[t]) }
            }
        }
        return zip(kept.1, all.1).map { abs($0 / kept.0 - $1 / all.0) }.max() ?? 0
    }

    @Test(arguments: ["massive", "decoder", "encoder", "tied"], [1.5, 0.3, 1e-2, 1e-5])
    func theCertifiedSetIsTheLeastThatKeepsItsPromise(name: String, epsilon: Double) throws {
        let rows = try Self.rows(name)
        let n = rows.store.count
        let budget = CertifiedBudget(index: try ReportingIndex(store: rows.store, choice: .fixed(.brute)))
        for query in rows.queries {
            let choice = try budget.choose(query, epsilon: epsilon)
            let falling = Self.falling(query, rows.store)
            #expect(falling.count { $0 >= choice.threshold } == choice.kept)
            #expect(Self.error(query, rows.store, above: choice.threshold) <= epsilon * rows.norm + 1e-12)
            // The first prefix, with ties, for which what is left out can weigh no more than allowed.
            var (sum, least) = (0.0, n)
            for kept in 1..<n {
                sum += exp(falling[kept - 1] - falling[0])
                guard falling[kept] < falling[kept - 1] else { continue }
                let lost = Double(n - kept) * exp(falling[kept] - falling[0])
                if 2 / (1 + sum / lost) <= epsilon * (1 + 1e-12) {
                    least = kept
                    break
                }
            }
            #expect(choice.kept == least, "\(name), ε \(epsilon)")
        }
    }

    @Test func anyErrorWillDoFromTwiceTheValuesOn() throws {
        let rows = try Self.rows("massive")
        let budget = CertifiedBudget(index: try ReportingIndex(store: rows.store, choice: .auto))
        #expect(try budget.choose(rows.queries[0], epsilon: 2).kept == 1)
        let empty = KeyValueStore(dimension: 4, valueDimension: 4, capacity: 1)
        let none = CertifiedBudget(index: try ReportingIndex(store: empty, choice: .fixed(.brute)))
        #expect(try none.choose([1, 2, 3, 4], epsilon: 0.1).kept == 0)
        #expect(throws: NonFiniteEntry.self) { try budget.choose([.nan, 0, 0, 0], epsilon: 0.1) }
    }

    @Test(arguments: ["massive", "decoder", "encoder"], [0.2, 1e-2])
    func theMeasuredBudgetKeptTheLastQueries(name: String, epsilon: Double) throws {
        let rows = try Self.rows(name)
        let n = rows.store.count
        var budget = MeasuredBudget()
        #expect(budget.budget(of: n) == Budget.power(0.8).count(of: n))
        var most = 0
        for query in rows.queries {
            let needed = MeasuredBudget.needed(query, store: rows.store, error: epsilon * rows.norm)
            let falling = Self.falling(query, rows.store)
            // It met the goal, and one key fewer did not.
            #expect(Self.error(query, rows.store, above: falling[needed - 1]) <= epsilon * rows.norm + 1e-9)
            if needed > 1 {
                #expect(Self.error(query, rows.store, above: falling[needed - 2]) > epsilon * rows.norm - 1e-9)
            }
            budget.note(query, store: rows.store, epsilon: epsilon, valueNorm: rows.norm)
            most = max(most, needed)
        }
        #expect(budget.budget(of: n) == most)
    }

    /// A soft cap and a sink: the output by its definition, the same from the referee, and a promise that holds.
    @Test(arguments: [(3.0, nil), (nil, 2.0), (2.5, 1.0)] as [(Double?, Double?)])
    func capsAndSinksAreWeighed(cap: Double?, sink: Double?) throws {
        let rows = try Self.rows("encoder")
        let logits = SoftmaxLogits(softcap: cap, sink: sink)
        let budget = CertifiedBudget(index: try ReportingIndex(store: rows.store, choice: .fixed(.brute)))
        let referee = Referee(store: rows.store)
        (referee.softcap, referee.sinkLogit) = (cap, sink)
        let (ours, kept) = (AttentionOutput(valueDimension: 32), AttentionOutput(valueDimension: 32))
        for query in rows.queries {
            var (mass, sum) = (sink.map(exp) ?? 0, [Double](repeating: 0, count: 32))
            query.withUnsafeBufferPointer { q in
                for j in 0..<rows.store.count {
                    let score = Membership.score(q, rows.store.key(j))
                    let weight = exp(cap.map { $0 * tanh(score / $0) } ?? score)
                    mass += weight
                    for t in 0..<32 { sum[t] += weight * Double(rows.store.value(j)[t]) }
                }
            }
            let shares = logits.attend(query, store: rows.store, into: ours)
            let sinkShare = sink.map { exp($0) / mass } ?? 0
            #expect(abs(shares.reduce(0) { $0 + Double($1) } + sinkShare - 1) < 1e-4)
            referee.attend(query, activation: .softmax, threshold: 0)
            for t in 0..<32 {
                #expect(abs(Double(ours.values[t]) - sum[t] / mass) < 1e-6)
                #expect(abs(referee.output[t] - sum[t] / mass) < 1e-9)
            }
            let choice = try budget.choose(query, epsilon: 0.05, logits: logits)
            let set = Membership.positions(of: try Query(query, threshold: choice.threshold), in: rows.store)
            #expect(set.count == choice.kept)
            _ = logits.attend(query, store: rows.store, positions: set, into: kept)
            let error = zip(kept.values, sum).map { abs(Double($0) - $1 / mass) }.max() ?? 0
            #expect(error <= 0.05 * rows.norm + 1e-6)
        }
    }
}

import Assets
import HalfSpace
import Testing
import Workload

@testable import Attention

/// The statements on rows of a real model's attention: the bundled trace.
@Suite struct RealRowsTests {
    private func head(_ head: Int, keys: Int, queries: Int) throws -> (KeyValueStore, [[Float]]) {
        let workload = try WorkloadRequest(kind: .trace, n: keys, tracePath: Assets.trace.path, head: head).make()
        let store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: keys)
        try workload.fillPrompt(of: store, progress: { _ in })
        return (store, try (0..<queries).map { try workload.step($0, sequence: 0).query })
    }

    @Test(arguments: [0, 1, 2])
    func everyBoundHolds(head: Int) throws {
        let (store, queries) = try self.head(head, keys: 1024, queries: 100)
        let norm = ValueNorm(of: store).value
        var rows = 0
        for query in queries {
            let kept = [1, 8, 32, 100, 256, 512, 800, 1000]
            for point in AccuracyCurve(query, store: store, kept: kept, valueNorm: norm).points {
                #expect(point.maxError <= point.massBound + 1e-13)
                #expect(point.massBound <= point.certificate + 1e-13)
                #expect(point.maxError <= (point.paperBound ?? .infinity) + 1e-13)
                rows += 1
            }
        }
        #expect(rows >= 8 * queries.count)
    }

    /// With ‖q‖ as it stands in the theorem, not divided by √d, the paper's bound is none on real queries.
    @Test func theUnscaledBoundFails() throws {
        let (store, queries) = try head(0, keys: 1024, queries: 20)
        let norm = ValueNorm(of: store).value
        let broken = queries.count { query in
            let point = AccuracyCurve(query, store: store, kept: [256], valueNorm: norm).points[0]
            guard var fit = point.massive else { return false }
            fit.queryNorm *= Double(store.dimension).squareRoot()
            return point.maxError > fit.bound(valueNorm: norm)
        }
        #expect(broken > queries.count / 2)
    }

    /// The literal threshold activates nothing; the calibrated one about as much as it predicts.
    @Test func theRulesOnRealScores() throws {
        let (store, queries) = try head(2, keys: 2048, queries: 10)
        let keys = KeyStatistics(of: store, rows: 0..<store.count)
        for query in queries {
            let s = Reference.scores(query, store)
            let paper = ThresholdChooser(settings: .init(rule: .paper), activation: .relu(alpha: 1))
            #expect(!s.contains { $0 >= paper.choose(query, over: keys).value })
            let calibrated = ThresholdChooser(settings: .init(), activation: .relu(alpha: 1))
            let chosen = calibrated.choose(query, over: keys)
            let count = Double(s.count { $0 >= chosen.value })
            let predicted = try #require(chosen.predicted)
            #expect(count > 0.4 * predicted && count < 2.5 * predicted)
        }
    }
}

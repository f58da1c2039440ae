import HalfSpace
import Testing

@testable import Attention

/// Dense softmax of queries that share their rows, in parts: the same as one query after another.
@Suite struct GroupedDenseTests {
    @Test(arguments: [1, 2, 3, 5]) func partsAreTheWhole(parts: Int) throws {
        var dice = Dice(91)
        for (n, d, dv) in [(0, 4, 4), (1, 3, 5), (63, 64, 64), (64, 24, 7), (1000, 64, 64), (3000, 16, 20)] {
            let store = dice.store(n: n, d: d, dv: dv)
            let queries = (0..<3).map { _ in dice.normals(d, scale: 3) }
            let grouped = GroupedDense(queries: 4, dimension: d, valueDimension: dv)
            grouped.start(queries, over: store, parts: parts)
            // The order of parts does not matter.
            for part in (0..<parts).reversed() { grouped.sum(part) }
            let dense = DenseAttention(store: store)
            let (ours, theirs) = (AttentionOutput(valueDimension: dv), AttentionOutput(valueDimension: dv))
            for (i, query) in queries.enumerated() {
                #expect(grouped.finish(i, into: ours))
                dense.attend(query, activation: .softmax, threshold: 0, into: theirs)
                #expect(Reference.distance(ours.values, Reference.output(query, store, .softmax)) < 1e-5)
                #expect(abs(ours.normaliser - theirs.normaliser) <= 1e-5 * theirs.normaliser)
            }
        }
    }

    /// ReLU of queries that share their rows, each above its own threshold.
    @Test(arguments: [1, 2, 8]) func powersOfPartsAreTheWhole(alpha: Int) throws {
        var dice = Dice(93)
        for (n, d, parts) in [(0, 4, 1), (40, 3, 2), (1000, 24, 3), (1030, 64, 4)] {
            let store = dice.store(n: n, d: d)
            let queries = (0..<3).map { _ in dice.normals(d, scale: 2) }
            // The last threshold lies above every score.
            let thresholds = [-0.5, 0.3, 1e6]
            let grouped = GroupedDense(queries: 3, dimension: d, valueDimension: d)
            grouped.start(queries, activation: .relu(alpha: alpha), thresholds: thresholds, over: store, parts: parts)
            for part in 0..<parts { grouped.sum(part) }
            let output = AttentionOutput(valueDimension: d)
            for i in 0..<2 {
                #expect(grouped.finish(i, into: output))
                let truth = Reference.output(queries[i], store, .relu(alpha: alpha), b: thresholds[i])
                #expect(Reference.distance(output.values, truth) < 1e-4)
            }
            // An empty row is left to the way that knows that it is one.
            #expect(grouped.finish(2, into: output) == (n == 0))
        }
    }

    /// What float32 does not hold is left to the way that does.
    @Test func largeLogitsAreDeclined() throws {
        var dice = Dice(92)
        let store = dice.store(n: 200, d: 8, scale: 1e3)
        let grouped = GroupedDense(queries: 1, dimension: 8, valueDimension: 8)
        grouped.start([dice.normals(8, scale: 1e3)], over: store, parts: 2)
        for part in 0..<2 { grouped.sum(part) }
        #expect(!grouped.finish(0, into: AttentionOutput(valueDimension: 8)))
    }
}

import Foundation
import HalfSpace
import Testing

@testable import Attention

@Suite struct ThresholdTests {
    @Test func statisticsAreThoseOfTheScores() throws {
        var dice = Dice(1)
        for d in [1, 2, 5, 16] {
            let store = dice.store(n: 300, d: d, scale: 3)
            let statistics = KeyStatistics(of: store, rows: 0..<300)
            for _ in 0..<20 {
                let q = dice.normals(d)
                let s = Reference.scores(q, store)
                let mean = s.reduce(0, +) / 300
                let deviation = (s.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 300).squareRoot()
                let spread = statistics.scores(of: q)
                #expect(abs(spread.mean - mean) < 1e-12 * (1 + abs(mean)))
                #expect(abs(spread.deviation - deviation) < 1e-11 * (1 + deviation))
            }
            let square = store.keys.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(300 * d)
            #expect(abs(statistics.rootMeanSquare - square.squareRoot()) < 1e-12)
        }
    }

    @Test func aCopyGoesBack() throws {
        var dice = Dice(2)
        let store = dice.store(n: 40, d: 3)
        let before = KeyStatistics(of: store, rows: 0..<20)
        var after = before
        for row in 20..<40 { after.add(store.key(row)) }
        #expect(after == KeyStatistics(of: store, rows: 0..<40))
        #expect(before == KeyStatistics(of: store, rows: 0..<20))
    }

    @Test func noKeysAndOneKey() throws {
        let empty = KeyStatistics(dimension: 2)
        for rule in ThresholdRule.allCases {
            let chooser = ThresholdChooser(settings: ThresholdSettings(rule: rule), activation: .softmax)
            let chosen = chooser.choose([1, 2], over: empty)
            #expect(chosen.value == 0 && chosen.predicted == 0)
        }
        let store = KeyValueStore(dimension: 3, valueDimension: 1, capacity: 3)
        try store.append(keys: [0.1, 0.7, -0.3], values: [1])
        let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: .relu(alpha: 1))
        let one = chooser.choose([0.3, 0.9, 1.7], over: KeyStatistics(of: store, rows: 0..<1))
        #expect(one.predicted == 1)
        #expect(Membership.positions(of: try Query([0.3, 0.9, 1.7], threshold: one.value), in: store) == [0])
    }

    @Test func equalKeysTieWithTheirThreshold() throws {
        var dice = Dice(3)
        for d in [1, 3, 17] {
            let key = dice.normals(d)
            let store = KeyValueStore(dimension: d, valueDimension: 1, capacity: 50)
            for _ in 0..<50 { try store.append(keys: key, values: [1]) }
            let statistics = KeyStatistics(of: store, rows: 0..<50)
            let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: .relu(alpha: 1))
            for q in [dice.normals(d), Array(repeating: 0, count: d)] {
                let chosen = chooser.choose(q, over: statistics)
                #expect(chosen.predicted == 50)
                #expect(Membership.positions(of: try Query(q, threshold: chosen.value), in: store).count == 50)
            }
        }
    }

    @Test func theLiteralThresholdStandsManyDeviationsOut() {
        // n = 32 768, m = 1, δ = 0.01; standard Gaussian entries.
        let t = ThresholdChooser.distance(32_768)
        #expect(abs(t - 2.0393) < 1e-4)
        #expect(abs(t * ThresholdChooser.slack(.paper, queries: 1, dimension: 2) - 14.8) < 0.05)
        #expect(abs(t * ThresholdChooser.slack(.paper, queries: 1, dimension: 64) - 8.4) < 0.05)
        #expect(abs(t * ThresholdChooser.slack(.paper, queries: 32_768, dimension: 2) - 23.8) < 0.05)
        let x = log(1 / 0.01) / 64
        #expect(
            ThresholdChooser.slack(.tight, queries: 1, dimension: 64) == (1 + 2 * x.squareRoot() + 2 * x).squareRoot())
    }

    @Test func theCalibratedCountIsTheNormalTail() throws {
        #expect(abs(32_768 * Normal.upperTail(ThresholdChooser.distance(32_768)) - 679) < 1)
        var dice = Dice(4)
        let n = 4096
        let store = dice.store(n: n, d: 6)
        let statistics = KeyStatistics(of: store, rows: 0..<n)
        let chooser = ThresholdChooser(settings: ThresholdSettings(), activation: .relu(alpha: 1))
        var total = 0
        for _ in 0..<40 {
            let q = dice.normals(6)
            let chosen = chooser.choose(q, over: statistics)
            let predicted = try #require(chosen.predicted)
            #expect(abs(predicted - 140) < 0.5)
            let count = Reference.scores(q, store).filter { $0 >= chosen.value }.count
            #expect(abs(Double(count) - predicted) < 5 * predicted.squareRoot())
            total += count
        }
        #expect(abs(Double(total) / 40 - 140) < 6)
    }

    @Test func theOffsetIsInDeviations() {
        var dice = Dice(5)
        let store = dice.store(n: 200, d: 4)
        let statistics = KeyStatistics(of: store, rows: 0..<200)
        let q = dice.normals(4)
        let deviation = statistics.scores(of: q).deviation
        for rule in [ThresholdRule.paper, .tight, .calibrated, .manual] {
            let plain = ThresholdChooser(settings: .init(rule: rule, manual: 1), activation: .softmax)
            let moved = ThresholdChooser(settings: .init(rule: rule, offset: -0.5, manual: 1), activation: .softmax)
            let difference = plain.choose(q, over: statistics).value - moved.choose(q, over: statistics).value
            #expect(abs(difference - 0.5 * deviation) < 1e-12)
        }
    }

    @Test func theQuantileInvertsTheTail() {
        for share in [1e-9, 0.01, 0.2, 0.5, 0.9] {
            #expect(abs(Normal.upperTail(Normal.quantile(ofUpperTail: share)) / share - 1) < 1e-9)
        }
    }
}

@Suite struct ThresholdMemoryTests {
    /// A threshold that follows the spread is guessed from the spread, closely and from below.
    @Test func guessesFollowTheSpread() {
        var dice = Dice(61)
        var memory = ThresholdMemory()
        let spreads = dice.normals(300).map { ScoreSpread(mean: 0.3, deviation: exp(Double($0) / 2)) }
        let threshold = { (s: ScoreSpread) in s.mean + s.deviation * (2 + 0.4 * log(s.deviation)) }
        #expect(memory.guess(spreads[0], below: 2, widest: 1) == -.infinity)
        for (i, spread) in spreads.enumerated() {
            if i > 50 {
                let guess = memory.guess(spread, below: 2, widest: 1)
                let miss = (threshold(spread) - guess) / spread.deviation
                #expect(miss > -0.1 && miss < 0.5)
            }
            memory.add(threshold(spread), spread)
        }
    }

    @Test func rowsThatSayNothingAreNotLearnt() {
        var memory = ThresholdMemory()
        let spread = ScoreSpread(mean: 0, deviation: 1)
        memory.add(-50, spread)
        memory.add(.infinity, spread)
        memory.add(1, ScoreSpread(mean: 0, deviation: 0))
        memory.add(1, nil)
        #expect(memory.guess(spread, below: 2, widest: 1) == -.infinity)
        memory.add(1, spread)
        #expect(abs(memory.guess(spread, below: 2, widest: 1) - 1) < 0.1)
    }
}

@Suite struct QueryHintsTests {
    /// The share that a sample promises is about the share that entmax gives a weight.
    @Test(arguments: [1.25, 1.5, 2]) func entmaxSupport(alpha: Double) {
        var dice = Dice(62)
        let store = dice.store(n: 8_000, d: 6)
        let queries = (0..<8).map { _ in dice.normals(6) }
        let hints = QueryHints(
            ThresholdChooser(settings: ThresholdSettings(), activation: .entmax(alpha: alpha)), queries: queries,
            statistics: KeyStatistics(of: store, rows: 0..<store.count), store: store)
        let shares = queries.map { q in
            let p = Entmax.weights(Reference.scores(q, store), alpha: alpha)
            return Double(p.count { $0 > 0 }) / Double(p.count)
        }
        let share = shares.reduce(0, +) / Double(shares.count)
        let expected = hints.expectedShare ?? 0
        #expect(expected > share / 2 - 0.001 && expected < 2 * share + 0.001)
        #expect(hints.demand == .nearLargest(exponent: 1 / (alpha - 1)))
    }
}

import Foundation
import HalfSpace
import Testing

@testable import Workload

@Suite struct MassiveWorkloadTests {
    @Test(arguments: [1, 2, 5, 16, 256, 1024])
    func theSameSeedGivesTheSameBits(d: Int) throws {
        let first = try MassiveWorkload(n: 700, d: d, seed: 7)
        let second = try MassiveWorkload(n: 700, d: d, seed: 7)
        let one = try prompt(of: first)
        let other = try prompt(of: second)
        #expect(one.keys.map(\.bitPattern) == other.keys.map(\.bitPattern))
        #expect(one.values.map(\.bitPattern) == other.values.map(\.bitPattern))
        for step in [0, 1, 100_000] {
            let here = first.step(step, sequence: 3)
            let there = second.step(step, sequence: 3)
            #expect(here.query == there.query && here.key == there.key && here.value == there.value)
            #expect(here.query.count == d && here.key?.count == d && here.value?.count == d)
            let entries = here.query + (here.key ?? []) + (here.value ?? [])
            #expect(entries.filter(\.isFinite).count == 3 * d)
        }
    }

    @Test func seedsAndSequencesDiffer() throws {
        let workload = try MassiveWorkload(n: 1_000, d: 4, seed: 1)
        let inputs = [
            workload.step(0, sequence: 0), workload.step(1, sequence: 0), workload.step(0, sequence: 1),
            try MassiveWorkload(n: 1_000, d: 4, seed: 2).step(0, sequence: 0),
        ]
        #expect(Set(inputs.flatMap { [$0.query, $0.key ?? [], $0.value ?? []] }).count == 12)
    }

    /// Rows made in any slices are those that were made all at once.
    @Test(arguments: [2, 24])
    func aRowDoesNotDependOnThoseMadeWithIt(d: Int) throws {
        let workload = try MassiveWorkload(n: 2_000, d: d, seed: 5)
        let store = try prompt(of: workload)
        for rows in [0..<1, 63..<66, 480..<900, 1_960..<2_000] {
            var keys = [Float](repeating: 0, count: rows.count * d)
            var values = keys
            keys.withUnsafeMutableBufferPointer { workload.fillKeys(rows, into: $0) }
            values.withUnsafeMutableBufferPointer { workload.fillValues(rows, into: $0) }
            #expect(keys == Array(store.keys[(rows.lowerBound * d)..<(rows.upperBound * d)]))
            #expect(values == Array(store.values[(rows.lowerBound * d)..<(rows.upperBound * d)]))
        }
    }

    /// The calibrated rule keeps a few keys in a hundred, in every dimension; a sink and one of the newest keys
    /// are nearly always among them; and the scores have about the spread that was asked for.
    @Test(arguments: [1, 2, 3, 4, 8, 12, 32, 64])
    func fewKeysAreActivated(d: Int) throws {
        let workload = try MassiveWorkload(n: 8_192, d: d, seed: 1)
        let keys = try promptKeys(of: workload)
        var shares: [Double] = []
        var spreads: [Double] = []
        var withSink = 0
        var withNewest = 0
        for step in stride(from: 0, to: 400, by: 20) {
            let query = workload.step(step, sequence: 0).query
            let scores = scores(of: query, keys: keys)
            let (mean, deviation) = moments(scores)
            let threshold = mean + (0.4 * log(Double(scores.count))).squareRoot() * deviation
            let active = scores.indices.filter { scores[$0] >= threshold }
            shares.append(Double(active.count) / Double(scores.count))
            spreads.append(deviation)
            if active.contains(where: { $0 < workload.sinks }) { withSink += 1 }
            if active.contains(where: { $0 >= scores.count - workload.recent }) { withNewest += 1 }
        }
        let share = shares.reduce(0, +) / 20
        let spread = spreads.reduce(0, +) / 20
        #expect(share > 0.008 && share < 0.045)
        #expect(spread > 1.2 && spread < 2.8)
        #expect(withSink >= 17)
        #expect(withNewest >= 10)
    }

    /// What is activated lies in blocks: most activated keys stand in the tenth of the columns that hold most.
    @Test(arguments: [2, 4, 8, 64])
    func activatedKeysStandInBlocks(d: Int) throws {
        let workload = try MassiveWorkload(n: 8_192, d: d, seed: 3)
        let keys = try promptKeys(of: workload)
        var densest = 0.0
        for step in stride(from: 5, to: 205, by: 20) {
            let scores = scores(of: workload.step(step, sequence: 0).query, keys: keys)
            let (mean, deviation) = moments(scores)
            let threshold = mean + (0.4 * log(Double(scores.count))).squareRoot() * deviation
            var columns = [Int](repeating: 0, count: 128)
            for (j, score) in scores.enumerated() where score >= threshold { columns[j / 64] += 1 }
            let kept = max(1, columns.reduce(0, +))
            densest += Double(columns.sorted(by: >).prefix(24).reduce(0, +)) / Double(kept)
        }
        #expect(densest / 10 > 0.6)
    }

    @Test func queriesStayWithATopicAndMoveOn() throws {
        let workload = try MassiveWorkload(n: 1_000, d: 16, seed: 1)
        let queries = (0..<200).map { workload.step($0, sequence: 0).query }
        let near = (0..<199).map { cosine(queries[$0], queries[$0 + 1]) }.reduce(0, +) / 199
        let far = (0..<100).map { cosine(queries[$0], queries[$0 + 100]) }.reduce(0, +) / 100
        #expect(near > 0.7)
        #expect(far < 0.45)
    }

    @Test func everyTopicComesInRuns() throws {
        let runs = TopicRuns(length: 100, topics: 14, random: CounterRandom(seed: 9, stream: .runs))
        var run = runs.run(at: -1_000)
        var topics: [Int] = []
        for place in -1_000..<10_000 {
            let here = runs.run(at: place)
            #expect(here.places.contains(place))
            guard here != run else { continue }
            #expect(here.places.lowerBound == run.places.upperBound && here.topic == run.nextTopic)
            #expect((30...170).contains(here.places.count))
            run = here
            topics.append(run.topic)
        }
        #expect(Set(topics) == Set(0..<14))
    }

    /// Fourteen topics are fourteen directions, even on a circle.
    @Test(arguments: [2, 3, 4, 8, 64])
    func topicsAreDistinct(d: Int) {
        let topics = Directions(count: 14, dimension: d, random: CounterRandom(seed: 1, stream: .topics))
        for i in 0..<14 {
            #expect(abs(topics.product(i, with: topics[i]) - 1) < 1e-5)
            for j in 0..<i { #expect(topics.product(i, with: topics[j]) < 0.93) }
        }
    }

    /// With a rank as many axes hold all but a hundredth of the squares of the keys, and each of them some.
    @Test(arguments: [(1, 2), (3, 8), (5, 64), (8, 32), (16, 16)])
    func keysHaveTheRankAskedFor(rank: Int, d: Int) throws {
        let workload = try massive(n: 600, d: d, rank: rank)
        let keys = try promptKeys(of: workload)
        let basis = workload.basis
        for a in 0..<rank {
            for b in 0...a { #expect(abs(basis.product(a, with: basis[b]) - (a == b ? 1 : 0)) < 1e-5) }
        }
        var (whole, inside) = (Float(0), [Float](repeating: 0, count: rank))
        for j in 0..<600 {
            let key = keys[(j * d)..<((j + 1) * d)]
            whole += key.reduce(0) { $0 + $1 * $1 }
            for a in 0..<rank {
                let along = basis.product(a, with: key)
                inside[a] += along * along
            }
        }
        let left = whole - inside.reduce(0, +)
        #expect(left < 0.01 * whole)
        #expect(rank == d || left > 0.0002 * whole)
        #expect(inside.allSatisfy { $0 > 0.02 * whole })
    }

    /// The document is the same in a subspace: few keys are activated, sinks nearly always among them.
    @Test(arguments: [(2, 16), (4, 64), (8, 64), (16, 128), (64, 64)])
    func fewKeysAreActivatedAtALowRank(rank: Int, d: Int) throws {
        let workload = try massive(n: 4_096, d: d, rank: rank)
        let keys = try promptKeys(of: workload)
        var (shares, spreads, withSink) = (0.0, 0.0, 0)
        for step in stride(from: 0, to: 400, by: 20) {
            let scores = scores(of: workload.step(step, sequence: 0).query, keys: keys)
            let (mean, deviation) = moments(scores)
            let threshold = mean + (0.4 * log(Double(scores.count))).squareRoot() * deviation
            let active = scores.indices.filter { scores[$0] >= threshold }
            shares += Double(active.count) / Double(scores.count) / 20
            spreads += deviation / 20
            if active.contains(where: { $0 < workload.sinks }) { withSink += 1 }
        }
        #expect(shares > 0.008 && shares < 0.06)
        #expect(spreads > 1.1 && spreads < 3)
        #expect(withSink >= 15)
    }

    @Test func aRankIsFromOneToTheDimension() throws {
        for rank in [-1, 0, 9] {
            #expect(throws: WorkloadError.rankOutOfRange(rank, dimension: 8)) {
                _ = try massive(n: 10, d: 8, rank: rank)
            }
            #expect(throws: WorkloadError.self) {
                _ = try WorkloadRequest(kind: .massive, d: 8, rank: rank).make()
            }
        }
        #expect(try massive(n: 10, d: 8, rank: 8).step(3, sequence: 1).query.count == 8)
    }

    private func massive(n: Int, d: Int, rank: Int) throws -> MassiveWorkload {
        var shape = MassiveWorkload.Shape()
        shape.rank = rank
        return try MassiveWorkload(n: n, d: d, seed: 1, shape: shape)
    }

    @Test(arguments: [0, 1, 2, 15, 16, 33, 64, 127])
    func anyLengthWorks(n: Int) throws {
        for d in [1, 9] {
            let workload = try MassiveWorkload(n: n, d: d, seed: 1)
            #expect(try prompt(of: workload).count == n)
            #expect(workload.step(0, sequence: 0).query.contains { $0 != 0 })
        }
    }

    @Test func theSpreadIsProportional() throws {
        var shape = MassiveWorkload.Shape()
        let usual = try MassiveWorkload(n: 100, d: 4, seed: 1).step(9, sequence: 0).query
        shape.logitSpread *= 2
        let wide = try MassiveWorkload(n: 100, d: 4, seed: 1, shape: shape).step(9, sequence: 0).query
        for (x, y) in zip(usual, wide) { #expect(abs(2 * x - y) <= 1e-5 * abs(y)) }
    }

    private func scores(of query: [Float], keys: [Float]) -> [Double] {
        let d = query.count
        let root = Double(d).squareRoot()
        return (0..<(keys.count / d)).map { j in
            var sum = 0.0
            for t in 0..<d { sum += Double(query[t]) * Double(keys[j * d + t]) }
            return sum / root
        }
    }

    private func moments(_ x: [Double]) -> (mean: Double, deviation: Double) {
        let mean = x.reduce(0, +) / Double(x.count)
        return (mean, (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)).squareRoot())
    }

    private func cosine(_ x: [Float], _ y: [Float]) -> Float {
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
    }
}

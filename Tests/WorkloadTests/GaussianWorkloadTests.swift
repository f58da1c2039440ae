import Foundation
import HalfSpace
import Testing

@testable import Workload

/// The prompt of a workload.
func prompt(of workload: some Workload) throws -> KeyValueStore {
    let store = KeyValueStore(
        dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: workload.promptLength)
    try workload.fillPrompt(of: store) { _ in }
    return store
}

/// The prompt's keys, row-major.
func promptKeys(of workload: some Workload) throws -> [Float] {
    let store = try prompt(of: workload)
    return withExtendedLifetime(store) { Array(store.keys) }
}

@Suite struct GaussianWorkloadTests {
    @Test(arguments: [1, 2, 3, 7, 64, 1024])
    func theSameSeedGivesTheSameBits(d: Int) throws {
        let first = try GaussianWorkload(n: 300, d: d, seed: 7)
        let second = try GaussianWorkload(n: 300, d: d, seed: 7)
        let one = try prompt(of: first)
        let other = try prompt(of: second)
        #expect(one.keys.map(\.bitPattern) == other.keys.map(\.bitPattern))
        #expect(one.values.map(\.bitPattern) == other.values.map(\.bitPattern))
        #expect(first.step(3, sequence: 2).query == second.step(3, sequence: 2).query)
        #expect(first.step(3, sequence: 2).key == second.step(3, sequence: 2).key)
        #expect(first.step(3, sequence: 2).value == second.step(3, sequence: 2).value)
    }

    @Test func seedsSequencesStreamsAndStepsDiffer() throws {
        let workload = try GaussianWorkload(n: 10, d: 4, seed: 1)
        let inputs = [
            workload.step(0, sequence: 0), workload.step(1, sequence: 0), workload.step(0, sequence: 1),
            try GaussianWorkload(n: 10, d: 4, seed: 2).step(0, sequence: 0),
        ]
        let rows = inputs.flatMap { [$0.query, $0.key ?? [], $0.value ?? []] }
        #expect(Set(rows).count == 12)
        let store = try prompt(of: workload)
        #expect(Set((0..<10).map { Array(store.key($0)) }).count == 10)
    }

    @Test func aRowDoesNotDependOnThoseMadeWithIt() {
        let random = CounterRandom(seed: 3, stream: .keys)
        let width = 5
        let together = [Float](unsafeUninitializedCapacity: 100 * width) { out, count in
            random.fillNormal(1_000..<1_100, width: width, into: UnsafeMutableBufferPointer(rebasing: out[0..<500]))
            count = 500
        }
        for row in 0..<100 {
            #expect(Array(together[(row * width)..<((row + 1) * width)]) == random.normalRow(1_000 + row, width: width))
        }
    }

    /// The bits of a few addresses, so that a change of the generator, or a machine that rounds otherwise, is seen.
    @Test func theBitsAreTheseOnEveryMachine() throws {
        let workload = try GaussianWorkload(n: 1 << 21, d: 3, seed: 1)
        let input = workload.step(5, sequence: 1)
        #expect(input.query.map(\.bitPattern) == [3_215_142_882, 1_033_396_564, 3_195_924_725])
        #expect(input.key?.map(\.bitPattern) == [1_055_755_126, 3_208_143_811, 1_059_337_131])
    }

    /// Against the maths library, whose last bits may differ.
    @Test func theNumbersAreThoseOfBoxAndMuller() {
        let random = CounterRandom(seed: 5, stream: .values)
        for counter in UInt64(0)..<2_000 {
            let (x, y) = random.normalPair(counter)
            let word = random.bits(counter)
            let radius = (-2 * log((Double(word >> 32) + 0.5) * 0x1p-32)).squareRoot()
            let angle = ((Double(word & 0x3FFF_FFFF) + 0.5) * 0x1p-30 - 0.5) * (Double.pi / 2)
            var expected = (radius * cos(angle), radius * sin(angle))
            if word & 0x4000_0000 != 0 { expected = (expected.1, expected.0) }
            if word & 0x8000_0000 != 0 { expected = (-expected.0, -expected.1) }
            #expect(abs(Double(x) - expected.0) < 4e-7 && abs(Double(y) - expected.1) < 4e-7)
        }
    }

    @Test func theMomentsAreThoseOfANormal() throws {
        let store = try prompt(of: GaussianWorkload(n: 20_000, d: 8, seed: 11))
        var sums = (0.0, 0.0, 0.0, 0.0)
        var cross = 0.0
        var beyond = [0, 0, 0]
        for (key, value) in zip(store.keys, store.values) {
            let x = Double(key)
            sums.0 += x
            sums.1 += x * x
            sums.2 += x * x * x
            sums.3 += x * x * x * x
            cross += x * Double(value)
            for t in 0..<3 where abs(x) > Double(t + 1) { beyond[t] += 1 }
        }
        let n = Double(store.keys.count)
        // Five standard errors of each estimate.
        #expect(abs(sums.0 / n) < 5 / n.squareRoot())
        #expect(abs(sums.1 / n - 1) < 5 * (2 / n).squareRoot())
        #expect(abs(sums.2 / n) < 5 * (15 / n).squareRoot())
        #expect(abs(sums.3 / n - 3) < 5 * (96 / n).squareRoot())
        #expect(abs(cross / n) < 5 / n.squareRoot())
        for (count, share) in zip(beyond, [0.317_310_5, 0.045_500_3, 0.002_699_8]) {
            #expect(abs(Double(count) / n - share) < 5 * (share / n).squareRoot())
        }
    }

    @Test func neighbouringEntriesAreIndependent() throws {
        let keys = try promptKeys(of: GaussianWorkload(n: 20_000, d: 2, seed: 4))
        for lag in 1...3 {
            var sum = 0.0
            for (x, y) in zip(keys, keys.dropFirst(lag)) { sum += Double(x) * Double(y) }
            let n = Double(keys.count - lag)
            #expect(abs(sum / n) < 5 / n.squareRoot())
        }
    }

    @Test func thePromptMayBeEmptyOrOneKey() throws {
        #expect(try prompt(of: GaussianWorkload(n: 0, d: 4, seed: 1)).count == 0)
        #expect(try prompt(of: GaussianWorkload(n: 1, d: 1024, seed: 1)).count == 1)
    }

    @Test func outOfRangeIsRefusedInASentence() {
        #expect(throws: WorkloadError.dimensionOutOfRange(1025)) { try GaussianWorkload(n: 1, d: 1025, seed: 1) }
        #expect(throws: WorkloadError.lengthOutOfRange(-1)) { try GaussianWorkload(n: -1, d: 4, seed: 1) }
        #expect(
            WorkloadError.dimensionOutOfRange(0).description == "the dimension d is 0, but must be from 1 to 1024")
        #expect(WorkloadError.dimensionOutOfRange(0).category.rawValue == 64)
    }

    @Test func fillingStopsWhenItIsCancelled() throws {
        let workload = try GaussianWorkload(n: 100_000, d: 16, seed: 1)
        let store = KeyValueStore(dimension: 16, valueDimension: 16, capacity: 100_000)
        #expect(throws: CancellationError.self) {
            try workload.fillPrompt(of: store) { if $0 > 0.3 { throw CancellationError() } }
        }
        #expect(store.count > 0 && store.count < 100_000)
    }
}

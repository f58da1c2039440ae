import CKernels
import Testing

@testable import HalfSpace

/// Order statistics and cuts of listed scores, at every level of the machine, against sorting and filtering.
@Suite(.serialized) struct SelectTests {
    private static func samples(_ count: Int, _ random: inout SplitMix) -> [[Float]] {
        let plain = random.normals(count)
        return [
            plain, plain.map { $0 * 1e30 }, plain.map { $0 * 1000 * Float.leastNonzeroMagnitude },
            plain.map { ($0 * 2).rounded() },
            plain.map { $0 > 2 ? 3e38 : $0 < -2 ? -3e38 : $0 }, Array(repeating: 7, count: count),
            plain.map { 1 + $0 * 1e-7 },
        ]
    }

    @Test(arguments: [1, 2, 15, 16, 17, 32, 33, 100, 1000, 5003]) func agreesWithSorting(count: Int) {
        var random = SplitMix(seed: UInt64(count))
        for x in Self.samples(count, &random) {
            let falling = x.sorted(by: >)
            for level in KernelTests.levels {
                for r in Set([1, 2, count / 10, count / 2, count - 1, count]) where r >= 1 && r <= count {
                    var room = [Float](repeating: 0, count: count + 16)
                    let found = KernelTests.at(level) { ck_rank(x, count, r, &room) }
                    #expect(found == falling[r - 1], "level \(level), r \(r)")
                    check(x, low: found, level: level)
                }
            }
        }
    }

    /// Scores and cuts of rows, next to each other and with values between, in whichever order they are listed.
    @Test(arguments: [1, 2, 7, 8, 9, 12, 15, 16, 17, 33, 64, 100, 130]) func filteredRowsAgree(d: Int) {
        var random = SplitMix(seed: UInt64(d))
        let padded = d <= 8 ? 8 : (d + 15) & ~15
        for stride in [d, (padded + 1 + 15) & ~15, (padded + d + 15) & ~15] {
            let rows = 200
            let records = random.normals((rows + 1) * stride + 16)
            let q = random.normals(d) + Array(repeating: 0, count: max(padded, 16) - d)
            for count in [0, 1, 15, 16, 17, 40, 333] {
                let ids = (0..<count).map { _ in UInt32.random(in: 0..<UInt32(rows), using: &random) }
                let scores = ids.map { id in
                    (0..<d).reduce(0.0) { $0 + Double(q[$1]) * Double(records[Int(id) * stride + $1]) }
                }
                for lower: Float in [-.infinity, 0.2, .infinity] {
                    func filter() -> (ids: [UInt32], dots: [Float]) {
                        var kept = ids + Array(repeating: 0, count: 16)
                        var dots = [Float](repeating: 0, count: count + 16)
                        let length = ck_filter_rows(
                            ck_floats(records, stride), d, q, lower, &kept, &dots, count)
                        return (Array(kept[..<length]), Array(dots[..<length]))
                    }
                    let members = scores.indices.filter { scores[$0] >= Double(lower) }
                    let expected = KernelTests.at(0) { filter() }
                    #expect(expected.ids == members.map { ids[$0] })
                    for level in KernelTests.levels {
                        let found = KernelTests.at(level) { filter() }
                        #expect(found.ids == expected.ids, "d \(d), stride \(stride), level \(level)")
                        let near = KernelTests.near(
                            found.dots.map(Double.init), expected.dots.map(Double.init), scale: Double(d).squareRoot())
                        #expect(near && found.dots.count == expected.dots.count)
                    }
                }
            }
        }
    }

    private func check(_ x: [Float], low: Float, level: Int32) {
        let expected = x.indices.filter { x[$0] >= low }
        var (kept, ids) = (x, x.indices.map { UInt32(7 * $0) })
        let length = KernelTests.at(level) { ck_keep(&ids, &kept, x.count, low) }
        #expect(length == expected.count)
        #expect(ids[..<length].elementsEqual(expected.map { UInt32(7 * $0) }))
        #expect(kept[..<length].elementsEqual(expected.map { x[$0] }))
        var places = [UInt32](repeating: 0, count: x.count + 16)
        var listed = [Float](repeating: 0, count: x.count + 16)
        let count = KernelTests.at(level) { ck_list(x, x.count, low, &places, &listed) }
        #expect(count == expected.count)
        #expect(places[..<count].elementsEqual(expected.map(UInt32.init)))
        #expect(listed[..<count].elementsEqual(expected.map { x[$0] }))
        let high = low + abs(low)
        let within = x.indices.filter { x[$0] >= low && x[$0] <= high }
        var above = 0
        let banded = KernelTests.at(level) { ck_band(x, x.count, low, high, &places, &above) }
        #expect(places[..<banded].elementsEqual(within.map(UInt32.init)))
        #expect(above == x.count { $0 > high })
    }
}

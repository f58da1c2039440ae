import CKernels
import Foundation
import Testing

@testable import HalfSpace

/// Every kernel at every level that this machine has, against the portable one on the same data.
@Suite(.serialized) struct KernelTests {
    /// Runs `body` at a level and leaves the one in use that was.
    static func at<Result>(_ level: Int32, _ body: () -> Result) -> Result {
        KernelLevel.during(level, body)
    }

    static var levels: [Int32] { KernelLevel.served().map(\.number) }

    static func near(_ a: [Double], _ b: [Double], scale: Double) -> Bool {
        zip(a, b).allSatisfy { abs($0 - $1) <= 1e-4 * max(scale, abs($1)) }
    }

    /// The float next to x on the side asked for, where x is no float itself.
    @Test func doublesAreRoundedInTheDirectionAskedFor() {
        var random = SplitMix(seed: 5)
        let edges: [Double] = [
            0, -0.0, 1, 0x1p-149, 0x1p-150, 1e-300, 0x1.fffffep127, 0x1.ffffffp127, 1e39, 1e300, .infinity,
        ]
        let wide = (0..<2000).map { _ in
            Double.random(in: -2...2, using: &random) * scalbn(1, Int.random(in: -160...130, using: &random))
        }
        let negative = edges.map { -$0 }
        let floats = wide.map { Double(Float($0)) }
        for x in edges + negative + wide + floats {
            let nearest = Float(x)
            #expect(ck_rounded_up(x) == (Double(nearest) < x ? nearest.nextUp : nearest))
            #expect(ck_rounded_down(x) == (Double(nearest) > x ? nearest.nextDown : nearest))
        }
    }

    @Test(arguments: [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 130], NumberFormat.allCases)
    func denseAgrees(d: Int, format: NumberFormat) throws {
        for (n, dv) in [(1, d), (15, 3), (16, d), (63, 16), (65, d), (130, 20)] {
            let store = try gaussianStore(n, d: d, dv: dv, seed: UInt64(d * 1000 + n), format: format)
            var random = SplitMix(seed: 5)
            let q = Scratch()
            let padded = q.padded(random.normals(d), scale: 1 / Float(d).squareRoot())
            var rows = store.kernelRows
            for first in [0, n / 3] {
                func power(_ alpha: Int32) -> [Double] {
                    var out = [Double](repeating: 0, count: dv)
                    var positive = 0
                    let weight = ck_dense_power(&rows, first, n, padded, 0.3, alpha, &out, &positive)
                    let members = (first..<n).count { j in
                        (0..<d).reduce(0.0) { $0 + Double(padded[$1]) * Double(store.key(j)[$1]) } > Double(Float(0.3))
                    }
                    // Of so few rows all are counted.
                    #expect(positive == members)
                    return out + [weight]
                }
                func softmax() -> [Double] {
                    var out = [Double](repeating: 0, count: dv)
                    var (largest, weight) = (-Float.infinity, 0.0)
                    ck_dense_exponential(&rows, first, n, padded, &largest, &weight, &out)
                    return out + [weight, Double(largest)]
                }
                // The definition, in float64.
                var expected = [Double](repeating: 0, count: dv + 1)
                for j in first..<n {
                    let s = (0..<d).reduce(0.0) { $0 + Double(padded[$1]) * Double(store.key(j)[$1]) }
                    let w = max(0, s - Double(Float(0.3)))
                    for t in 0..<dv { expected[t] += w * Double(store.value(j)[t]) }
                    expected[dv] += w
                }
                #expect(Self.near(Self.at(0) { power(1) }, expected, scale: Double(n).squareRoot()))
                for level in Self.levels {
                    for alpha: Int32 in [1, 2, 3, 5] {
                        let reference = Self.at(0) { power(alpha) }
                        #expect(Self.near(Self.at(level) { power(alpha) }, reference, scale: reference[dv]))
                    }
                    let reference = Self.at(0) { softmax() }
                    #expect(Self.near(Self.at(level) { softmax() }, reference, scale: reference[dv]))
                }
            }
        }
    }

    @Test(arguments: [1, 3, 8, 15, 16, 20, 64, 129], NumberFormat.allCases)
    func scanAgrees(d: Int, format: NumberFormat) throws {
        for n in [1, 16, 17, 64, 100, 129, 1000] {
            let store = try gaussianStore(n, d: d, dv: 1, seed: UInt64(d * 77 + n), format: format)
            var random = SplitMix(seed: 9)
            let scratch = Scratch()
            scratch.reserve(n)
            let q = scratch.padded(random.normals(d))
            var rows = store.kernelRows
            for (first, last) in [(0, n), (n / 2, n), (n / 3, n - n / 4)] {
                func scan() -> [UInt32] {
                    let found = ck_scan(&rows, first, last, q, 0.5, scratch.ids, scratch.dots)
                    return Array(UnsafeBufferPointer(start: scratch.ids, count: found))
                }
                func dots() -> [Double] {
                    ck_dots(&rows, first, last, q, scratch.dots)
                    return UnsafeBufferPointer(start: scratch.dots, count: last - first).map(Double.init)
                }
                let expected = (first..<last).filter { j in
                    (0..<d).reduce(0.0) { $0 + Double(q[$1]) * Double(store.key(j)[$1]) } >= 0.5
                }
                for level in Self.levels {
                    #expect(Self.at(level) { scan() } == expected.map(UInt32.init))
                    #expect(Self.near(Self.at(level) { dots() }, Self.at(0) { dots() }, scale: 1))
                }
            }
        }
    }

    @Test(arguments: [1, 2, 4, 5, 8, 9, 16, 33, 48, 64, 100, 130, 200], NumberFormat.allCases)
    func sumsAgree(dv: Int, format: NumberFormat) throws {
        let store = try gaussianStore(300, d: 1, dv: dv, seed: UInt64(dv), format: format)
        var random = SplitMix(seed: 3)
        for count in [0, 1, 2, 15, 16, 17, 130] {
            let ids = (0..<count).map { _ in UInt32.random(in: 0..<300, using: &random) }
            let dots = random.normals(count + 16)
            func sums() -> [Double] {
                var weights = [Float](repeating: 0, count: count + 16)
                var out = [Float](repeating: 0, count: dv)
                let power = ck_power_weights(dots, count, 0.7, 0.1, 3, &weights)
                ck_sum_values(store.kernelRows.values, dv, ids, weights, count, &out)
                let exponential = ck_exponential_weights(dots, count, 0.7, 0.1, &weights)
                ck_sum_values(store.kernelRows.values, dv, ids, weights, count, &out)
                let top = count == 0 ? 0 : Double(ck_largest(dots, count))
                return out.map(Double.init) + [power, exponential, top]
            }
            let expected = Self.at(0) { sums() }
            for level in Self.levels { #expect(Self.near(Self.at(level) { sums() }, expected, scale: 10)) }
        }
    }
}

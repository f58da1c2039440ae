import CKernels
import Testing

@testable import HalfSpace

/// Codes of a byte an entry, as prefill reads them: no key of a half-space is missed, and every level lists the same.
@Suite(.serialized) struct ByteCodeTests {
    @Test(arguments: [1, 3, 8, 15, 16, 17, 64, 67, 130], [Int32(CK_CODE_FINE), Int32(CK_CODE_COARSE)])
    func levelsAgree(d: Int, most: Int32) throws {
        var random = SplitMix(seed: UInt64(d) << 8 | UInt64(most))
        for (n, scale) in [(1, Float(1)), (63, 1), (64, 1e-20), (65, 1e15), (2200, 1)] {
            // Some entries are far larger than the others, so that most of a block has few codes.
            let keys = random.normals(n * d).map {
                Float.random(in: 0..<1, using: &random) < 0.01 ? 40 * scale * $0 : scale * $0
            }
            let codes = Codes(keys, d: d, most: most)
            for t: Float in [-1, 0, 1.5, 3] {
                let query = random.normals(d)
                let lower = t * scale * Float(d).squareRoot()
                let expected = KernelTests.at(0) { codes.candidates(query, lower: lower) }
                for level in KernelTests.levels {
                    #expect(KernelTests.at(level) { codes.candidates(query, lower: lower) } == expected)
                }
                let members = keys.withUnsafeBufferPointer { keys in
                    (0..<n).filter { ck_exact_dot(query, keys.baseAddress! + $0 * d, d) >= Double(lower) }
                }
                #expect(Set(expected).isSuperset(of: members.map(UInt32.init)))
                #expect(expected == expected.sorted() && expected.allSatisfy { $0 < n })
            }
        }
    }

    /// What is largest in 16 bits: all codes at their ends, and a query along the longest key.
    @Test(arguments: [2, 8, 16, 64, 130, 1024]) func sumsOfCoarseCodesFit(d: Int) {
        let codes = Codes(Array(repeating: 1, count: 64 * d), d: d, most: Int32(CK_CODE_COARSE))
        for sign: Float in [1, -1] {
            let query = Array(repeating: sign, count: d)
            let expected = KernelTests.at(0) { codes.candidates(query, lower: Float(d) * 0.99) }
            // Of a thousand entries a query's codes keep nothing: every key is a candidate.
            #expect(expected.count == (sign > 0 || d == 1024 ? 64 : 0))
            for level in KernelTests.levels {
                #expect(KernelTests.at(level) { codes.candidates(query, lower: Float(d) * 0.99) } == expected)
            }
        }
    }

    /// Coded keys.
    private struct Codes {
        let d: Int
        let most: Int32
        let count: Int
        let codes: AlignedBuffer<UInt8>
        let bounds: AlignedBuffer<Float>

        init(_ keys: [Float], d: Int, most: Int32) {
            (self.d, self.most, count) = (d, most, keys.count / d)
            let (blocks, bytes) = ((count + 63) / 64, (d + 3) / 4 * 256)
            codes = AlignedBuffer(count: blocks * bytes + 64)
            bounds = AlignedBuffer(count: 3 * blocks)
            keys.withUnsafeBufferPointer { keys in
                for block in 0..<blocks {
                    ck_code_block(
                        keys.baseAddress! + block * 64 * d, min(64, count - block * 64), Int32(d), most,
                        codes.base + block * bytes, bounds.base + block, bounds.base + blocks + block,
                        bounds.base + 2 * blocks + block)
                }
            }
        }

        func candidates(_ query: [Float], lower: Float) -> [UInt32] {
            let blocks = (count + 63) / 64
            var view = ck_codes(
                codes: codes.base, scale: bounds.base, rest: bounds.base + blocks, reach: bounds.base + 2 * blocks,
                count: count, groups: Int32((d + 3) / 4), most: most, longest: 0)
            view.longest = ck_code_longest(&view, blocks)
            let words = AlignedBuffer<Int8>(count: d + 4)
            var coded = ck_coded_query()
            ck_code_query(query, Int32(d), &view, words.base, &coded)
            let ids = AlignedBuffer<UInt32>(count: 64 * blocks + 16)
            let found = ck_code_candidates(&view, 0, blocks, &coded, lower, ids.base)
            return Array(UnsafeBufferPointer(start: ids.base, count: found))
        }
    }
}

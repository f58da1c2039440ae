import CKernels
import Testing

@testable import HalfSpace

/// Boxes never lose a member, at any level, and every level lists the same nodes, leaves and keys.
@Suite(.serialized) struct BoxesTests {
    /// What a descent lists.
    private struct Lists: Equatable {
        var nodes: [UInt32] = []
        var leaves: [UInt32] = []
        var leasts: [Int32] = []
        var keys: [UInt32] = []
        var whole = 0
    }

    private static func descend(_ boxed: BoxedKeys, _ vector: [Float], threshold: Double) -> Lists {
        let scratch = Scratch(capacity: boxed.count + 64)
        let q = scratch.padded(vector)
        let memory = StepMemory()
        let room = boxed.driverIndex(in: memory)
        var view = boxed.view
        let norm = ck_exact_dot(q, q, vector.count).squareRoot() * (1 + 0x1p-40)
        ck_boxes_prepare(&view, q, norm, threshold, room.query)
        var lists = Lists()
        let nodes = ck_boxes_nodes(&view, room.query, room.nodes, room.node_dots)
        let leaves = ck_boxes_leaves(
            &view, room.query, room.nodes, room.node_dots, nodes, room.leaves, room.leasts, &lists.whole)
        let keys = ck_boxes_keys(&view, room.query, room.leaves, room.leasts, leaves, scratch.ids)
        lists.nodes = Array(UnsafeBufferPointer(start: room.nodes, count: nodes))
        lists.leaves = Array(UnsafeBufferPointer(start: room.leaves, count: leaves))
        lists.leasts = Array(UnsafeBufferPointer(start: room.leasts, count: leaves))
        lists.keys = Array(UnsafeBufferPointer(start: scratch.ids, count: keys))
        return lists
    }

    @Test(arguments: [1, 3, 6, 8, 12, 17, 40, 130])
    func levelsAgree(d: Int) throws {
        for n in [1, 31, 32, 33, 513, 9000] where n * d < 300_000 {
            let store = try gaussianStore(n, d: d, dv: 1, seed: UInt64(d + n))
            let boxed = try BoxedKeys(store: store, rows: 0..<n, threads: 1, progress: { _ in })
            var random = SplitMix(seed: 4)
            for t in [-3.0, -1, 0, 1.5, 2.5] {
                let vector = random.normals(d)
                let lower = t * ck_exact_dot(vector, vector, d).squareRoot()
                let expected = KernelTests.at(0) { Self.descend(boxed, vector, threshold: lower) }
                for level in KernelTests.levels {
                    let lists = KernelTests.at(level) { Self.descend(boxed, vector, threshold: lower) }
                    #expect(lists == expected, "d \(d), n \(n), t \(t), level \(level)")
                }
                let found = Set(expected.keys.map { boxed.positions.base[Int($0)] })
                #expect(found.count == expected.keys.count)
                for j in 0..<n where ck_exact_dot(vector, Array(store.key(j)), d) >= lower {
                    #expect(found.contains(UInt32(j)), "d \(d), n \(n), t \(t)")
                }
                #expect(t > -3 || d > 3 || n < 9000 || expected.whole > 0)
            }
        }
    }

    /// What every level encodes is sound: the same members, whichever level built the boxes.
    @Test func levelsEncode() throws {
        let store = try gaussianStore(3000, d: 7, dv: 2, seed: 8)
        var random = SplitMix(seed: 5)
        let query = try Query(random.normals(7), threshold: 0.8)
        let expected = Membership.positions(of: query, in: store)
        for level in KernelTests.levels {
            let built = KernelTests.at(level) {
                Result { try BoxesIndex(store: store, rows: 0..<3000, progress: { _ in }) }
            }
            let index = SoloReporter(try built.get(), store: store)
            let report = Report()
            KernelTests.at(level) { index.report(query, into: report) }
            #expect(report.positions.sorted() == expected)
        }
    }

    /// Outliers, constant columns, equal keys, huge and tiny ones: the set is the definition's, and the sum is over it.
    @Test(arguments: [1, 7, 16, 41])
    func oddKeys(d: Int) throws {
        var random = SplitMix(seed: UInt64(d))
        let n = 1100
        for shape in 0..<6 {
            var keys = random.normals(n * d)
            for j in 0..<n {
                for t in 0..<d {
                    switch shape {
                    case 0: if j % 97 == 0 { keys[j * d + t] *= 1e6 }
                    case 1: if t % 2 == 0 { keys[j * d + t] = 3 }
                    case 2: keys[j * d + t] = keys[t]
                    case 3: keys[j * d + t] *= 1e30
                    case 4: keys[j * d + t] *= 0x1p-140
                    default: if j % 300 == 5 { keys[j * d + t] *= 1e13 }
                    }
                }
            }
            let store = KeyValueStore(dimension: d, valueDimension: 2, capacity: n)
            try store.append(keys: keys, values: random.normals(n * 2))
            let index = SoloReporter(try BoxesIndex(store: store, rows: 3..<n - 2, progress: { _ in }), store: store)
            for scale: Float in [1, 1e-30, 0x1p-140, 1e14] {
                let vector = random.normals(d).map { $0 * scale }
                let scores = vector.withUnsafeBufferPointer { q in
                    (3..<n - 2).map { Membership.score(q, store.key($0)) }
                }
                let sorted = scores.sorted(by: >)
                for b in [sorted[0], sorted[20], sorted[21].nextUp, sorted[n / 2], 0, -.infinity, .infinity] {
                    let query = try Query(vector, threshold: b)
                    let report = Report()
                    index.report(query, into: report)
                    let expected = zip(3..., scores).filter { $0.1 >= b }.map { UInt32($0.0) }
                    #expect(report.positions.sorted() == expected, "shape \(shape), query times \(scale), b = \(b)")
                    let sum = index.aggregate(query, weight: .power(exponent: 1, shift: b))
                    #expect(sum.count == expected.count, "shape \(shape)")
                }
            }
        }
    }

    @Test func buildStops() throws {
        let store = try gaussianStore(5000, d: 6, dv: 2, seed: 3)
        #expect(throws: CancellationError.self) {
            _ = try BoxesIndex(store: store, rows: 0..<5000) { if $0 > 0.5 { throw CancellationError() } }
        }
        let wide = try gaussianStore(10, d: 300, dv: 2, seed: 3)
        #expect(throws: IndexCannotServe.self) { _ = try BoxesIndex(store: wide, rows: 0..<10) { _ in } }
    }
}

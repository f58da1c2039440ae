import HalfSpace
import Testing

@testable import Workload

/// Layers of made data: each key-value head its own keys, each query head its own queries, from one seed.
@Suite struct LayerWorkloadTests {
    private func layer(_ kind: WorkloadKind, _ shape: LayerShape, head: Int = 0, seed: UInt64 = 5) throws
        -> LayerWorkload
    {
        var request = WorkloadRequest(kind: kind, seed: seed, n: 200, d: 6, head: head)
        request.shape = shape
        return try #require(try request.make() as? LayerWorkload)
    }

    private func keys(_ workload: any Workload) throws -> [Float] {
        let store = KeyValueStore(dimension: 6, valueDimension: 6, capacity: 200)
        try workload.fillPrompt(of: store, progress: { _ in })
        return (0..<200).flatMap { Array(store.key($0)) }
    }

    @Test(arguments: [WorkloadKind.gaussian, .massive]) func everyHeadHasItsOwn(kind: WorkloadKind) throws {
        let shape = try LayerShape(heads: 6, keyHeads: 2)
        let layer = try layer(kind, shape)
        let input = try layer.layerStep(3, sequence: 1)
        #expect(Set(input.queries).count == 6 && Set(input.keys).count == 2 && Set(input.values).count == 2)
        #expect(try keys(layer.sets[0]) != keys(layer.sets[1]))
        // Head 0 is what the seed makes without heads.
        let alone = try WorkloadRequest(kind: kind, seed: 5, n: 200, d: 6).make()
        #expect(try keys(layer) == keys(alone))
        #expect(try alone.step(3, sequence: 1).query == input.queries[0])
        // What a head sees is its part of the layer, and comes again.
        for head in 0..<6 {
            let seen = try self.layer(kind, shape, head: head)
            let step = try seen.step(3, sequence: 1)
            #expect(step.query == input.queries[head] && step.key == input.keys[head / 3])
            #expect(try keys(seen) == keys(layer.sets[head / 3]))
            #expect(seen.heads == 6)
        }
        #expect(try self.layer(kind, shape, seed: 6).layerStep(3, sequence: 1).queries != input.queries)
    }

    @Test func whatMakesNoLayerIsRefused() throws {
        #expect(throws: WorkloadError.headsNotShared(heads: 8, keyHeads: 3)) { try LayerShape(heads: 8, keyHeads: 3) }
        for heads in [0, -1, 257, .max] {
            #expect(throws: WorkloadError.headsOutOfRange(heads)) { try LayerShape(heads: heads) }
            #expect(throws: WorkloadError.headsOutOfRange(heads)) { try LayerShape(heads: 8, keyHeads: heads) }
        }
        let shape = try LayerShape(heads: 4)
        #expect(shape.keyHeads == 4 && shape.group == 1)
        for head in [4, -1, .max] {
            #expect(throws: WorkloadError.noSuchHeadOfLayer(head, heads: 4)) { try layer(.massive, shape, head: head) }
        }
        var request = WorkloadRequest(kind: .trace, tracePath: "x")
        request.shape = shape
        #expect(throws: WorkloadError.headsOfTheirOwn(.trace)) { try request.make() }
    }
}

import Synchronization
import Testing

@testable import HalfSpace

@Suite struct GrowthTests {
    @Test(arguments: [0, 1, 700])
    func everyRowIsAnsweredWhileItGrows(prompt: Int) throws {
        let d = 2
        let block = GrowingBlocks.blockRows(floats: 2 * d)
        let total = prompt + 4 * block + 77
        let source = try TreeIndexTests.store(n: total, d: d, dv: d, seed: 5)
        let store = KeyValueStore(dimension: d, valueDimension: d, capacity: total)
        try store.append(keys: Array(source.keys[..<(prompt * d)]), values: Array(source.values[..<(prompt * d)]))
        let index = try ReportingIndex(store: store, choice: .fixed(.tree))
        let report = Report()
        for pass in 0..<2 {
            for row in prompt..<total {
                try store.append(keys: Array(source.key(row)), values: Array(source.value(row)))
                index.extend()
                if row == total - 40 { index.grown.finishBuilds() }
                guard row % 61 == 0 || row == total - 1 else { continue }
                let query = try Query([Float(row % 7) - 3, 1], threshold: 0.7)
                index.report(query, into: report)
                let expected = Membership.positions(of: query, in: store)
                #expect(report.positions.sorted() == expected)
                let sum = index.aggregate(query, weight: .power(exponent: 1, shift: 0.7))
                #expect(sum.count == expected.count)
            }
            #expect(index.statistics.blocks > 0)
            #expect(index.statistics.count == total)
            // Back to the prompt, then to a place inside a block, both with builds under way.
            let length = pass == 0 ? prompt : prompt + block + 3
            index.truncate(to: length)
            store.truncate(to: length)
            let query = try Query([1, 1], threshold: 0)
            index.report(query, into: report)
            #expect(report.positions.sorted() == Membership.positions(of: query, in: store))
            #expect(index.statistics.count == length)
            index.truncate(to: prompt)
            store.truncate(to: prompt)
        }
    }

    /// However far merges fall behind, a step takes all blocks.
    @Test func blocksAreNeverMoreThanAStepTakes() throws {
        let (d, slice) = (4, 256)
        let block = GrowingBlocks.blockRows(floats: 2 * d)
        let total = (GrowingBlocks.mostBlocks + 8) * block
        let store = KeyValueStore(dimension: d, valueDimension: d, capacity: 2 * total)
        let merges = Atomic(false)
        let grown = GrowingBlocks(store: store, start: 0, isScan: false) { rows, progress in
            if rows.count > block, !merges.load(ordering: .relaxed) { throw CancellationError() }
            return try BruteIndex(store: store, rows: rows, progress: progress)
        }
        let rows = [Float](repeating: 1, count: slice * d)
        func grow(to end: Int) throws {
            while store.count < end {
                try store.append(keys: rows, values: rows)
                grown.extend()
                grown.finishBuilds()
                #expect(grown.blocks.count <= GrowingBlocks.mostBlocks)
                #expect(grown.tailRows.upperBound == store.count)
            }
        }
        try grow(to: total)
        #expect(grown.blocks.count == GrowingBlocks.mostBlocks)
        merges.store(true, ordering: .relaxed)
        try grow(to: total + 16 * block)
        #expect(grown.blocks.count < GrowingBlocks.mostBlocks)
        #expect(grown.tailRows.count < 8 * block)
    }

    @Test func whatAQueryCostsDependsOnRowsAlone() throws {
        func works() throws -> [Work] {
            let source = try TreeIndexTests.store(n: 3000, d: 2, dv: 2, seed: 6)
            let store = KeyValueStore(dimension: 2, valueDimension: 2, capacity: 3000)
            let index = try ReportingIndex(store: store, choice: .auto)
            index.waitsForMerges = true
            let report = Report()
            var works: [Work] = []
            for row in 0..<3000 {
                try store.append(keys: Array(source.key(row)), values: Array(source.value(row)))
                index.extend()
                guard row % 10 == 0 else { continue }
                index.report(try Query([1, Float(row % 5)], threshold: 1), into: report)
                works.append(report.work)
            }
            return works
        }
        #expect(try works() == works())
    }
}

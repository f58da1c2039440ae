import Testing

@testable import HalfSpace

@Suite struct DetailTests {
    @Test(arguments: IndexKind.allCases)
    func fatesAgreeWithTheReport(kind: IndexKind) throws {
        let store = try TreeIndexTests.store(n: 3000, d: 2, dv: 2, seed: 3)
        guard let index = try? ReportingIndex(store: store, choice: .fixed(kind)) else { return }
        for b in [-3, 0.1, 1.1, 9] {
            let query = try Query([0.6, -0.8], threshold: b)
            let report = Report()
            report.isTraced = true
            index.report(query, into: report)
            let fates = index.fates(of: query)
            #expect(fates.count == 3000)
            let kept = fates.indices.filter { fates[$0] == .reported || fates[$0] == .whole }
            #expect(kept == report.positions.map(Int.init).sorted())
            // Bounds: every key that is left out is counted once, and the bounds hold in total.
            #expect(report.prunedBounds.reduce(0) { $0 + $1.count } == 3000 - report.count)
            let left = fates.indices.filter { !kept.contains($0) }.map { row in
                query.vector.withUnsafeBufferPointer { Membership.score($0, store.key(row)) }
            }.sorted(by: >)
            var bounds: [Double] = []
            for group in report.prunedBounds { bounds += Array(repeating: group.bound, count: group.count) }
            for (score, bound) in zip(left, bounds.sorted(by: >)) { #expect(score <= bound) }
            if kind == .tree {
                #expect(report.levels.count == 2)
                #expect(report.levels[0].tested == report.work.candidates)
                #expect(report.levels.reduce(0) { $0 + $1.visited } == report.work.visited)
                #expect(fates.count { $0 == .whole } == report.work.wholeKeys)
            }
        }
    }

    @Test func orderIsAPermutation() throws {
        let store = try TreeIndexTests.store(n: 1000, d: 3, dv: 1, seed: 4)
        let index = try ReportingIndex(store: store, choice: .fixed(.tree))
        #expect(index.order.sorted() == (0..<1000).map(UInt32.init))
    }

    @Test func cellsHoldTheirKeys() throws {
        let store = try TreeIndexTests.store(n: 1000, d: 2, dv: 1, seed: 4)
        let index = try ReportingIndex(store: store, choice: .fixed(.tree))
        let cells = index.cells()
        #expect(cells.reduce(0) { $0 + $1.count } == 1000)
        var slot = 0
        let order = index.order
        for cell in cells {
            for row in order[slot..<slot + cell.count] {
                let key = store.key(Int(row))
                #expect(Double(key[0]) >= cell.corners[0].x && Double(key[0]) <= cell.corners[2].x)
                #expect(Double(key[1]) >= cell.corners[0].y && Double(key[1]) <= cell.corners[2].y)
            }
            slot += cell.count
        }
        #expect(index.cells(atLevel: 9).isEmpty)
    }

    @Test func partitionSumsTheKeysOfItsCells() throws {
        let store = try TreeIndexTests.store(n: 1000, d: 3, dv: 2, seed: 4)
        let index = try ReportingIndex(store: store, choice: .fixed(.tree))
        let partition = try #require(index.partition(cells: 9))
        #expect(partition.cellCount <= 9 && partition.cellCount > 4)
        var keys = [Double](repeating: 0, count: partition.cellCount)
        var counts = [Int](repeating: 0, count: partition.cellCount)
        for row in 0..<1000 {
            keys[partition.cell(of: row)] += Double(store.key(row)[1])
            counts[partition.cell(of: row)] += 1
        }
        for cell in 0..<partition.cellCount {
            var sum = [0.0, 0, 0]
            partition.addKeySum(cell, to: &sum)
            #expect(abs(sum[1] - keys[cell]) < 1e-9)
            #expect(partition.count(cell) == counts[cell])
        }
    }
}

import Assets
import Foundation
import HalfSpace
import Synchronization
import Testing
import Workload

@testable import Evaluation

/// The figures of heads, against results that were computed elsewhere and against data whose figures are known.
@Suite struct HeadStudyTests {
    private static var decoder: String { Assets.traces.appendingPathComponent("smollm2-holmes-4096.safetensors").path }

    @Test func rowsAgreeWithTheReference() throws {
        struct Reference: Decodable {
            struct Row: Decodable {
                var head: Int
                var n: Int
                var mean: Double
                var std: Double
                var keysForMass: [String: Int]
                var calibratedCount: Int
            }
            var rows: [Row]
        }
        let url = Assets.traces.appendingPathComponent("smollm2-holmes-4096.reference.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let rows = try decoder.decode(Reference.self, from: Data(contentsOf: url)).rows
        let contents = try TraceContents(path: Self.decoder)
        var compared = 0
        for head in 0..<3 {
            let data = try contents.head(layer: 12, head: head, queries: .max)
            #expect(data.queries.count == 2_048)
            for expected in rows where expected.head == head {
                guard let at = data.seen.firstIndex(of: expected.n) else { continue }
                let row = HeadRow(data.queries[at], head: data, keys: expected.n, first: 4, last: 64)
                #expect(abs(row.spread.mean - expected.mean) < 1e-9 && abs(row.spread.deviation - expected.std) < 1e-9)
                #expect(row.keysFor[0] == expected.keysForMass["0.5"])
                #expect(row.keysFor[1] == expected.keysForMass["0.9"])
                #expect(row.keysFor[2] == expected.keysForMass["0.99"])
                #expect(row.calibrated == expected.calibratedCount)
                compared += 1
            }
        }
        #expect(compared >= 4)
    }

    /// A sharp head with a sink, and a diffuse one.
    @Test func headsDiffer() throws {
        let contents = try TraceContents(path: Self.decoder)
        #expect(contents.layers.map(\.heads) == [3] && contents.layers[0].keyHeads == 1 && contents.layers[0].isCausal)
        var study = HeadStudy()
        study.queries = 24
        let found = Mutex([HeadFigures]())
        try HeadSurvey(study: study).run(contents) { figures in
            found.withLock { $0.append(figures) }
        } progress: { _ in
        }
        let heads = found.withLock { $0 }.sorted { $0.head < $1.head }
        #expect(heads.map(\.head) == [0, 1, 2] && heads.allSatisfy { $0.layer == 12 && $0.keys == 4_096 })
        #expect(heads[0].keysFor90 < 40 && heads[2].keysFor90 > 300)
        #expect(heads[0].firstShare > 0.4 && heads[1].firstShare < 0.1)
        for head in heads {
            #expect(head.keysForHalf <= head.keysFor90 && head.keysFor90 <= head.keysFor99)
            #expect(abs(head.tiltMiss) < 0.2 && head.effectiveRank > 10 && head.effectiveRank < 64)
            #expect(head.cells.count == HeadFigures.columns.count)
            // The planner took the index because it expects it to pay, or else reads all.
            let (speedup, bytes) = (try #require(head.expectedSpeedup), try #require(head.expectedBytes))
            if head.index == "dense" {
                #expect(speedup == 1 && bytes == 1 && head.bytesRead == 1)
            } else {
                #expect(speedup > 1 && bytes < 1 && head.bytesRead < 1)
                #expect(bytes / head.bytesRead > 0.4 && bytes / head.bytesRead < 2.5, "\(bytes) \(head.bytesRead)")
            }
            #expect(head.measuredSpeedup == nil)
        }
    }

    /// Keys that fill r directions alike have rank r.
    @Test(arguments: [1, 3, 8]) func ranksAreThoseOfTheKeys(rank: Int) throws {
        let store = KeyValueStore(dimension: 8, valueDimension: 1, capacity: 64)
        for row in 0..<(2 * rank) {
            var key = [Float](repeating: 0, count: 8)
            // Along two axes each, so that the covariance is not diagonal.
            key[row / 2] = row % 2 == 0 ? 1 : -1
            key[(row / 2 + 1) % 8] += rank == 8 ? 0 : key[row / 2] * 0.5
            try store.append(keys: key, values: [0])
        }
        let spectrum = Spectrum(of: .init(of: store, rows: 0..<store.count))
        let total = spectrum.variances.reduce(0, +)
        #expect(spectrum.variances.prefix(rank).reduce(0, +) > 0.999_999 * total)
        #expect(spectrum.effectiveRank <= Double(rank) + 1e-9)
        if rank == 8 { #expect(abs(spectrum.effectiveRank - 8) < 1e-6) }
    }

    @Test func aSurveyCanBeStopped() throws {
        let contents = try TraceContents(path: Assets.trace.path)
        #expect(throws: CancellationError.self) {
            try HeadSurvey().run(contents) { _ in
            } progress: {
                if $0 > 0.1 { throw CancellationError() }
            }
        }
        #expect(throws: WorkloadError.self) { _ = try HeadSurvey(layer: 9).places(in: contents) }
        #expect(throws: WorkloadError.self) { _ = try HeadSurvey(head: 3).places(in: contents) }
    }
}

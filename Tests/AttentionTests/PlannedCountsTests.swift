import Assets
import Testing
import Workload

@testable import Attention
@testable import HalfSpace

/// `auto` against every fixed index, by what each is counted to do for queries that the planner has not seen: no clock.
@Suite struct PlannedCountsTests {
    /// Keys, queries that the planner is told of, and others.
    struct Keys: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let make: @Sendable () throws -> (store: KeyValueStore, foreseen: [[Float]], asked: [[Float]])

        static func normal(d: Int, n: Int) -> Keys {
            Keys(testDescription: "normal keys, d \(d), n \(n)") {
                var dice = Dice(UInt64(d))
                let store = dice.store(n: n, d: d, dv: d)
                return (store, (0..<8).map { _ in dice.normals(d) }, (0..<4).map { _ in dice.normals(d) })
            }
        }

        static func head(_ head: Int, of trace: String, n: Int) -> Keys {
            Keys(testDescription: "head \(head) of \(trace), n \(n)") {
                let path = Assets.traces.appendingPathComponent("\(trace).safetensors").path
                let workload = try WorkloadRequest(kind: .trace, n: n, tracePath: path, head: head).make()
                let store = KeyValueStore(
                    dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: n)
                try workload.fillPrompt(of: store, progress: { _ in })
                let queries = try (0..<12).map { try workload.step($0 * 16, sequence: 0).query }
                return (store, Array(queries.prefix(8)), Array(queries.suffix(4)))
            }
        }
    }

    static let keys: [Keys] =
        [.normal(d: 3, n: 10_000), .normal(d: 8, n: 4096), .normal(d: 32, n: 2048)]
        + [256, 2048].flatMap {
            [Keys.head(0, of: "minilm-layer1", n: $0), .head(0, of: "smollm2-holmes-4096", n: $0)]
        }

    private static let demands: [StepDemand] = [
        .powers(exponent: 1), .powers(exponent: 3), .exponentials, .largest, .nearLargest(exponent: 2),
    ]

    /// What an index is counted to do for queries; costs are the same everywhere.
    private func counted(
        _ index: any StaticIndex, _ store: KeyValueStore, _ queries: [Query], _ shape: StepShape
    ) -> StepWork {
        let kind = type(of: index).kind
        let (report, reporter) = (Report(), SoloReporter(index, store: store))
        for query in queries { reporter.add(query, to: report) }
        let counts = QueryCounts(
            report.work, queries: queries.count, of: kind, d: shape.d, dv: shape.dv, format: shape.format)
        return kind.work(of: counts, in: shape)
    }

    @Test(arguments: keys) func autoCountsNoMoreThanAnyOther(_ keys: Keys) throws {
        let (store, foreseen, asked) = try keys.make()
        let n = store.count
        let scores = asked.map { q in
            q.withUnsafeBufferPointer { q in (0..<n).map { Membership.score(q, store.key($0)) }.sorted(by: >) }
        }
        let indexes = IndexKind.allCases.compactMap { kind in
            try? kind.type.init(store: store, rows: 0..<n, progress: { _ in })
        }
        for demand in Self.demands {
            var hints = QueryHints(demand: demand, queries: foreseen)
            if demand == .largest { hints.expectedShare = 0.16 }
            let shape = StepShape(of: store, hints: hints)
            let plan = Planner(store: store, hints: hints, machine: .assumed).plan()
            let queries = try zip(asked, scores).map { try Query($0, threshold: $1[min(n - 1, Int(shape.listed))]) }
            let served = indexes.filter { type(of: $0).pays(shape) }
            let chosen =
                plan.answersDensely
                ? try #require(StepWork.readingAll(shape))
                : counted(try #require(served.first { type(of: $0).kind == plan.kind }), store, queries, shape)
            for state in MachineCosts.State.allCases {
                func time(_ work: StepWork) -> Double { MachineCosts.assumed.microseconds(of: work, state) }
                // Softmax over the r largest selects as well, which naive's softmax over all keys does not: its rival is the
                // step that reads everything and selects.
                let rival = demand == .largest ? try #require(StepWork.readingAll(shape)) : .dense(shape)
                #expect(
                    time(chosen) <= time(rival) / 0.97, "\(demand), \(state): \(plan.kind.rawValue) loses to naive")
                guard state == .cold else { continue }
                for index in served {
                    let kind = type(of: index)
                    // What is long to build has to save more, any index a tenth; the rest is what a sample may be wrong by.
                    #expect(
                        time(chosen) <= 1.2 / 0.9 * time(counted(index, store, queries, shape)) / kind.patience,
                        "\(demand): \(plan.kind.rawValue) is not \(kind.kind.rawValue)")
                }
            }
        }
    }
}

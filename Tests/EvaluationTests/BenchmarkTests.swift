import Attention
import HalfSpace
import Testing
import Workload

@testable import Evaluation

@Suite struct BenchmarkTests {
    private func workload(n: Int, d: Int) throws -> any Workload {
        try WorkloadRequest(kind: .gaussian, seed: 3, n: n, d: d).make()
    }

    private var plan: BenchmarkPlan {
        var plan = BenchmarkPlan()
        plan.queries = 5
        return plan
    }

    @Test(arguments: [Activation.relu(alpha: 1), .softmax, .entmax(alpha: 1.5)])
    func decodeStepsAreMeasuredAndChecked(activation: Activation) throws {
        var plan = plan
        plan.activation = activation
        if activation == .softmax { plan.threshold.rule = .count }
        let input = try BenchmarkInput(workload(n: 600, d: 3))
        for choice in [IndexChoice.auto, .fixed(.tree), .fixed(.brute)] {
            let result = try DecodeBenchmark(plan).measure(input, choice: choice)
            #expect(result.d == 3 && result.n == 600 && result.queries == 5 && result.hsr.count == 5)
            #expect(result.missed == 0 && result.extra == 0 && result.reported > 0)
            #expect(result.hsr.least > 0 && result.naive.least > 0 && result.ratio > 0)
            #expect(result.scan.isEmpty == (activation.name == "entmax") && result.read.count == 5)
        }
    }

    @Test func whatCannotServeIsThrownAndProgressCanStop() throws {
        let input = try BenchmarkInput(workload(n: 300, d: 40))
        #expect(throws: IndexCannotServe.self) {
            try DecodeBenchmark(plan).measure(input, choice: .fixed(.net))
        }
        var stopped = plan
        stopped.progress = { if $0.contains("query 2") { throw CancellationError() } }
        #expect(throws: CancellationError.self) { try DecodeBenchmark(stopped).measure(input, choice: .auto) }
    }

    @Test func theLargestAreTheLargest() throws {
        var plan = plan
        plan.threshold.budget = .keys(30)
        let result = try TopRBenchmark(plan).measure(BenchmarkInput(workload(n: 900, d: 4)), choice: .auto)
        #expect(result.r == 30 && result.reported >= 30 && result.missed == 0 && result.extra == 0)
        #expect(result.full.count == 5 && result.ratios.least > 0)
    }

    @Test func prefillsAgree() throws {
        var benchmark = PrefillBenchmark(plan, methods: [.auto, .codes])
        (benchmark.causal, benchmark.rounds) = (true, 1)
        let results = try benchmark.measure(BenchmarkInput(workload(n: 256, d: 4)), rows: 200)
        #expect(results.map(\.method) == [.auto, .codes])
        #expect(results.allSatisfy { $0.largestError < 1e-4 && $0.ratio > 0 && $0.rows == 200 })
    }

    @Test func appendsAreCounted() throws {
        let result = try AppendBenchmark(plan, keys: 500).measure(workload(n: 1500, d: 2), choice: .auto)
        #expect(result.start == 1000 && result.end == 1500 && result.appends.count == 500)
        #expect(result.statistics.count == 1500 && result.worstAppend >= 0 && result.hsr.count == 50)
    }

    @Test func slopesComeFromMedians() throws {
        var slope = SlopeMeasurement()
        #expect(slope.hsrExponent == nil && slope.fasterFrom == nil)
        for n in [256, 1024] {
            slope.add(try DecodeBenchmark(plan).measure(BenchmarkInput(workload(n: n, d: 2)), choice: .auto))
        }
        #expect(slope.hsrExponent != nil && slope.naiveExponent != nil)
    }
}

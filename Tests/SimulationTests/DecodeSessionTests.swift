import Attention
import Foundation
import HalfSpace
import Testing

@testable import Simulation

@Suite struct DecodeSessionTests {
    private func settings(n: Int = 300, d: Int = 3) -> Settings {
        var settings = Settings()
        settings.workload = .gaussian
        (settings.n, settings.d) = (n, d)
        return settings
    }

    @Test func theSameSeedGivesTheSameStream() throws {
        let one = try DecodeSession(settings: settings())
        let two = try DecodeSession(settings: settings())
        for _ in 0..<40 {
            let (a, b) = (try one.decode(), try two.decode())
            #expect(a.record.reported == b.record.reported && a.record.threshold == b.record.threshold)
            #expect(a.output == b.output)
            #expect(a.heat?.positions == b.heat?.positions && a.heat?.weights == b.heat?.weights)
        }
    }

    @Test func anotherSeedGivesAnother() throws {
        var other = settings()
        other.seed = 2
        let (a, b) = (try DecodeSession(settings: settings()).decode(), try DecodeSession(settings: other).decode())
        #expect(a.output != b.output)
    }

    @Test func aRecordCountsTheKeysThatTheQuerySawItsOwnIncluded() throws {
        let session = try DecodeSession(settings: settings(n: 10))
        #expect(try session.decode().record.n == 11)
        #expect(try session.decode().record.n == 12)
    }

    @Test(arguments: [NumberFormat.bfloat16, .float16], [IndexChoice.auto, .fixed(.quantised)])
    func halvedRowsAreReportedExactly(format: NumberFormat, index: IndexChoice) throws {
        var settings = settings(n: 900, d: 24)
        (settings.store, settings.index) = (format, index)
        let (session, whole) = (
            try DecodeSession(settings: settings), try DecodeSession(settings: self.settings(n: 900, d: 24))
        )
        #expect(!settings.sharesKeys(with: whole.settings))
        var moved = 0
        for _ in 0..<20 {
            let (step, other) = (try session.decode(), try whole.decode())
            #expect(step.record.missed == 0 && step.record.extra == 0)
            #expect((step.record.relativeError ?? 1) < 1e-5 && (step.record.naiveAbsError ?? 1) < 1e-5)
            if step.record.threshold != other.record.threshold { moved += 1 }
            #expect(step.record.fields(settings: settings, dimension: 24).last?.value == .text(format.rawValue))
        }
        #expect(moved == 20)
    }

    @Test func aFullCacheStartsANewSequenceWithAMark() throws {
        let session = try DecodeSession(settings: settings(n: 4))
        let records = try (0..<10).map { _ in try session.decode().record }
        #expect(records.map(\.n) == [5, 6, 7, 8, 5, 6, 7, 8, 5, 6])
        #expect(records.map(\.sequence) == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2])
        #expect(records.map { $0.mark == .sequence } == (0..<10).map { $0 == 4 || $0 == 8 })
    }

    @Test func nothingIsAFineStart() throws {
        let session = try DecodeSession(settings: settings(n: 0))
        let records = try (0..<300).map { _ in try session.decode().record }
        #expect(records[0].n == 1 && records[255].n == 256 && records[256].n == 1)
        #expect(records.allSatisfy { $0.missed == 0 && $0.extra == 0 })
    }

    @Test func restartGivesTheSameStepsAgain() throws {
        let session = try DecodeSession(settings: settings(n: 20))
        let first = try (0..<30).map { _ in try session.decode().record.reported }
        session.restart()
        #expect(try (0..<30).map { _ in try session.decode().record.reported } == first)
    }

    @Test(arguments: [
        Activation.relu(alpha: 1), .relu(alpha: 3), .relu(alpha: 8), .entmax(alpha: 1.5), .entmax(alpha: 2),
    ])
    func exactActivationsAgreeWithDenseAttention(activation: Activation) throws {
        var settings = settings(n: 500, d: 4)
        settings.activation = activation
        let session = try DecodeSession(settings: settings)
        for _ in 0..<20 {
            let record = try session.decode().record
            #expect(record.missed == 0 && record.extra == 0)
            #expect(try #require(record.relativeError) < 1e-4)
        }
    }

    @Test func softmaxWithTheWholeBudgetIsDense() throws {
        var settings = settings(n: 200, d: 8)
        settings.activation = .softmax
        settings.threshold = ThresholdSettings(rule: .count, budget: .keys(10_000))
        let session = try DecodeSession(settings: settings)
        for _ in 0..<10 {
            let record = try session.decode().record
            #expect(record.reported == record.n)
            #expect(try #require(record.relativeError) < 1e-5)
        }
    }

    @Test func theCountRuleKeepsTheBudget() throws {
        var settings = settings(n: 200, d: 8)
        settings.activation = .softmax
        settings.threshold = ThresholdSettings(rule: .count, budget: .keys(17))
        let session = try DecodeSession(settings: settings)
        for _ in 0..<10 { #expect(try session.decode().record.reported == 17) }
    }

    @Test func theShareOfEachKeyAddsUpToOne() throws {
        let session = try DecodeSession(settings: settings())
        let heat = try #require(try session.decode().heat)
        #expect(abs(heat.weights.reduce(0, +) - 1) < 1e-4)
        #expect(heat.positions == heat.positions.sorted())
    }

    @Test func whatDoesNotFitSaysHowMuchIsNeeded() {
        let error = #expect(throws: SettingsError.self) {
            try DecodeSession(settings: settings(n: 1 << 30, d: 256))
        }
        #expect(error?.kind == .usage)
        #expect(error?.description.contains("GB") == true)
    }

    /// Of entmax, what is reported is the support and the threshold is where weights begin, as all keys in float64 say.
    @Test(arguments: [1.25, 1.5, 2, 3]) func entmaxReportsItsSupport(alpha: Double) throws {
        var settings = settings(n: 600, d: 4)
        settings.activation = .entmax(alpha: alpha)
        let session = try DecodeSession(settings: settings)
        for _ in 0..<10 {
            let outcome = try session.decode()
            let query = try #require(session.recentQueries.last)
            let scores = query.withUnsafeBufferPointer { q in
                (0..<session.store.count).map { Membership.score(q, session.store.key($0)) }
            }
            let whole = Entmax.solve(scores, alpha: alpha)
            let support = whole.weights.indices.filter { whole.weights[$0] > 0 }
            #expect(outcome.record.reported == support.count)
            #expect(abs(outcome.record.threshold - whole.cut) < 1e-9)
            #expect(scores.count { $0 > outcome.record.threshold } == support.count)
            #expect(outcome.heat?.positions.map { Int($0) } == support)
            #expect(outcome.record.missed == 0 && outcome.record.extra == 0)
        }
    }

    /// With every key kept nothing is left for the residual, and with few it stands for the others.
    @Test func theResidualIsMeasuredWhereItIsAskedFor() throws {
        var settings = settings(n: 500, d: 3)
        settings.activation = .softmax
        var measurement = DecodeSession.Measurement()
        measurement.residual = true
        for (budget, most) in [(10_000, 1e-5), (50, 0.5)] {
            settings.threshold = ThresholdSettings(rule: .count, budget: .keys(budget))
            let session = try DecodeSession(settings: settings)
            var (left, corrected) = (0.0, 0.0)
            for _ in 0..<10 {
                let record = try session.decode(measurement).record
                let error = try #require(record.residualError)
                #expect(error <= most)
                left += try #require(record.maxAbsError)
                corrected += error
                #expect(try #require(record.massBound) <= (try #require(record.certificate)) + 1e-12)
            }
            if budget == 50 { #expect(corrected < left) }
            #expect(try session.decode().record.residualError == nil)
        }
    }
}

import Foundation
import Measurement
import Testing

@Suite struct MeasurementTests {
    @Test func quantilesStandBetweenNeighbours() {
        let samples = Samples([3, 1, 2, .nan])
        #expect(samples.count == 3 && samples.median == 2 && samples.least == 1 && samples.largest == 3)
        #expect(samples.mean == 2 && samples.quantile(0.25) == 1.5)
        #expect(samples.quantile(-1) == 1 && samples.quantile(2) == 3)
        #expect(Samples([1, 2]).median == 1.5)
        #expect(Samples([1, .infinity]).quantile(0) == 1 && Samples([.infinity, .infinity]).median == .infinity)
        #expect(Samples([]).median.isNaN && Samples([.nan]).mean.isNaN)
    }

    @Test func correlations() {
        #expect(abs(Samples.correlation([1, 2, 3], [2, 4, 6.5]) - 0.9979) < 1e-3)
        #expect(Samples.correlation([1, 2, 3], [1, 1, 1]).isNaN && Samples.correlation([], []).isNaN)
    }

    @Test func powersAreFound() throws {
        let fit = try #require(PowerFit((10...20).map { (pow(2, Double($0)), 3e-7 * pow(2, 0.56 * Double($0))) }))
        #expect(abs(fit.exponent - 0.56) < 1e-9)
        #expect(abs(fit(32_768) / (3e-7 * pow(2, 0.56 * 15)) - 1) < 1e-9)
        #expect(PowerFit([(2, 1), (2, 3)]) == nil && PowerFit([(2, 1), (0, 1), (3, -1)]) == nil)
    }

    @Test func clocksOnlyGoForward() {
        let (watch, thread) = (Stopwatch(), ThreadClock.nanoseconds)
        var sum = 0.0
        for i in 0..<100_000 { sum += Double(i).squareRoot() }
        #expect(sum > 0 && watch.seconds > 0 && watch.microseconds >= watch.seconds * 1e6 - 1e5)
        #expect(ThreadClock.nanoseconds > thread)
        #expect(Stopwatch.microseconds {} < 1e6)
    }
}

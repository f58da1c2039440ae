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

@Suite struct TableCellTests {
    @Test func aPersonReadsFewDigits() {
        #expect(TableCell.number(1234).shown == "1234" && TableCell.number(0.5).shown == "0.500")
        #expect(TableCell.number(1e-5).shown == "1.0e-05" && TableCell.number(12.345).shown == "12.3")
        #expect(
            TableCell.number(12.345, digits: 2).shown == "12.35" || TableCell.number(12.345, digits: 2).shown == "12.34"
        )
        #expect(TableCell.number(.infinity, digits: 1).shown == "inf" && TableCell.number(.nan).shown == "-")
        #expect(TableCell(Double.nan) == .none && TableCell(Int?.none) == .none && TableCell(3) == .int(3))
    }

    @Test func aProgramReadsAll() {
        #expect(TableCell.number(0.1 + 0.2, digits: 1).csv == "0.30000000000000004")
        #expect(TableCell.number(3).json == "3" && TableCell.number(1e300).json == "1e+300")
        #expect(
            TableCell.number(-.infinity).json == "null" && TableCell.none.json == "null" && TableCell.none.csv == "")
        #expect(TableCell.text("a,\"b\"").csv == "\"a,\"\"b\"\"\"" && TableCell.text("plain").csv == "plain")
        #expect(TableCell.text("a\\\"\n").json == "\"a\\\\\\\"\\u000a\"")
        #expect(TableCell.json([("n", .int(1)), ("why", .text("so"))]) == "{\"n\":1,\"why\":\"so\"}")
    }
}

import Testing

@testable import Screen

@Suite struct FormatTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1000, "1 000"), (65536, "65 536"), (1_048_576, "1 048 576"), (-12345, "-12 345"),
        (Int.min, "-9 223 372 036 854 775 808"),
    ]) func grouped(value: Int, text: String) {
        #expect(Format.grouped(value) == text)
    }

    @Test func fixedPoint() {
        #expect(Format.fixed(3.14159, 2) == "3.14")
        #expect(Format.fixed(-0.001, 2) == "0.00")
        #expect(Format.fixed(9.996, 2) == "10.00")
        #expect(Format.fixed(0.05, 2) == "0.05")
        #expect(Format.fixed(41, 0) == "41")
        #expect(Format.fixed(.nan, 2) == "–")
        #expect(Format.fixed(1e300, 2) == "1.00e300")
    }

    @Test func significantDigits() {
        #expect(Format.significant(3.2123) == "3.21")
        #expect(Format.significant(45.06) == "45.1")
        #expect(Format.significant(9.996) == "10.0")
        #expect(Format.significant(99.96) == "100")
        #expect(Format.significant(1286.4) == "1 286")
        #expect(Format.significant(0.01234) == "0.0123")
        #expect(Format.significant(-0.5) == "-0.500")
        #expect(Format.significant(3.04e-7) == "3.04e-7")
    }

    @Test func powersOfTen() {
        #expect(Format.scientific(3e-7) == "3.0e-7")
        #expect(Format.scientific(9.99e5) == "1.0e6")
        #expect(Format.scientific(.leastNonzeroMagnitude) == "4.9e-324")
        #expect(Format.scientific(-1.7e308) == "-1.7e308")
    }

    @Test func shortForms() {
        #expect(Format.compact(950) == "950")
        #expect(Format.compact(1234) == "1.2k")
        #expect(Format.compact(1000) == "1k")
        #expect(Format.compact(999_600) == "1M")
        #expect(Format.compact(20.5) == "20.5")
        #expect(Format.binary(65536) == "64k")
        #expect(Format.binary(1 << 20) == "1M")
        #expect(Format.binary(1000) == "1000")
        #expect(Format.binary(1536) == "1.5k")
    }

    @Test func times() {
        #expect(Format.duration(microseconds: 0.85) == "850 ns")
        #expect(Format.duration(microseconds: 3.21) == "3.21 µs")
        #expect(Format.duration(microseconds: 999.9) == "1.00 ms")
        #expect(Format.duration(microseconds: 1200) == "1.20 ms")
        #expect(Format.duration(microseconds: 2.5e6) == "2.50 s")
        #expect(Format.duration(microseconds: .infinity) == "–")
    }

    @Test func bytesAndShares() {
        #expect(Format.bytes(512) == "512 B")
        #expect(Format.bytes(1536) == "1.5 KiB")
        #expect(Format.bytes(23 << 20) == "23.0 MiB")
        #expect(Format.percent(0.0003) == "0.03 %")
        #expect(Format.percent(0.021) == "2.1 %")
        #expect(Format.percent(0.14) == "14 %")
        #expect(Format.percent(0) == "0 %")
        #expect(Format.percent(0.000045) == "< 0.01 %")
    }
}

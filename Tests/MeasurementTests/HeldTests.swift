import Measurement
import Testing

@Suite struct HeldTests {
    @Test func everyNumberBecomesAWholeOne() {
        #expect(Int(held: 2.9) == 2 && Int(held: -2.9) == -2)
        #expect(Int(held: .nan) == 0)
        #expect(Int(held: .infinity) == 1 << 40 && Int(held: -1e300) == -(1 << 40))
    }
}

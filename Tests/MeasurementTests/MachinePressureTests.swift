import Testing

@testable import Measurement

@Suite struct MachinePressureTests {
    @Test func theFirstLineIsRead() {
        let text = """
            some avg10=81.11 avg60=80.60 avg300=84.02 total=11297643177
            full avg10=0.00 avg60=0.00 avg300=0.00 total=0
            """
        #expect(MachinePressure.waiting(in: text) == 0.8111)
        #expect(MachinePressure.waiting(in: "some avg10=0.00 avg60=1 total=3") == 0)
        for text in ["", "some", "some avg10=x", "full avg10=3.00", "some avg10=nan"] {
            #expect(MachinePressure.waiting(in: text) == nil)
        }
    }
}

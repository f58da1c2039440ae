import Testing

@testable import Simulation

@Suite struct RecordFieldTests {
    @Test func whatWasNotMeasuredIsNull() {
        #expect(RecordField.number("x", nil).value.json == "null")
        #expect(RecordField.number("x", .infinity).value.json == "null")
        #expect(RecordField.whole("x", nil).value.csv == "")
        #expect(RecordField.number("x", 0.5).value.json == "0.5")
        #expect(RecordField(name: "x", value: .truth(false)).value.json == "false")
        #expect(RecordField(name: "x", value: .list([1, 2])).value.json == "[1,2]")
        #expect(RecordField(name: "x", value: .list([1, 2])).value.csv == "1 2")
        #expect(RecordField.text("x", "a\"b").value.json == "\"a\\\"b\"")
    }
}

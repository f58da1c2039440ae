import Testing

@testable import Simulation

@Suite struct HistoryTests {
    @Test func keepsAtLeastItsCapacityOfTheNewest() {
        var history = History<Int>(capacity: 300)
        for i in 0..<1000 { history.append(i) }
        #expect(history.count >= 300 && history.count <= 300 + 2 * 128)
        #expect(history.last == 999)
        #expect((0..<history.count).map { history[$0] } == Array((1000 - history.count)..<1000))
        #expect(history.suffix(3) == [997, 998, 999])
        #expect(history.appended == 1000)
    }

    @Test func aCopyStaysAsItWas() {
        var history = History<Int>(capacity: 10)
        for i in 0..<5 { history.append(i) }
        let copy = history
        for i in 5..<500 { history.append(i) }
        #expect(copy.suffix(9) == [0, 1, 2, 3, 4])
    }

    @Test func forgetsAll() {
        var history = History<Int>(capacity: 10)
        for i in 0..<200 { history.append(i) }
        history.removeAll()
        #expect(history.isEmpty && history.last == nil)
        history.append(7)
        #expect(history.suffix(5) == [7])
    }
}

import HalfSpace
import Simulation
import Testing

@testable import Dashboard

@Suite struct TextTests {
    @Test func shortNumbersEndInNoZero() {
        for (value, text) in [(1.0, "1"), (1.5, "1.5"), (0.75, "0.75"), (-0.5, "-0.5"), (1000, "1 000"), (0.1, "0.1")] {
            #expect(Text.short(value) == text)
        }
        #expect(Text.name(of: .entmax(alpha: 1.5)) == "1.5-entmax")
    }

    @Test func timesToWait() {
        #expect([40, 720, 12_600].map { Text.span($0) } == ["40 s", "12 min", "3.5 h"])
    }

    @Test func factsThatFitAreKeptInTheirOrder() {
        let facts = ["one", "a long one", "two"]
        #expect(Text.fitting(facts, between: ", ", width: 20) == "one, a long one, two")
        #expect(Text.fitting(facts, between: ", ", width: 12) == "one, two")
        #expect(Text.fitting(facts, between: ", ", width: 2) == "")
    }

    @Test func theChoiceIsNamedOnce() {
        let chosen = IndexStatistics(kind: .tree, reason: "tree 19, dense 103 µs a step expected", count: 1, bytes: 0)
        #expect(chosen.choice == "tree 19, dense 103 µs a step expected")
        let asked = IndexStatistics(kind: .brute, reason: "as asked for", count: 1, bytes: 0)
        #expect(asked.choice == "brute, as asked for")
    }
}

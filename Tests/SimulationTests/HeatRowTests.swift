import Testing

@testable import Simulation

@Suite struct HeatRowTests {
    @Test func mergingTakesTheMaximumOfEachPosition() {
        let first = HeatRow(step: 3, n: 10, positions: [1, 4, 9], weights: [0.5, 0.2, 0.3])
        let second = HeatRow(step: 4, n: 11, positions: [0, 4, 10], weights: [0.1, 0.7, 0.2])
        let both = first.merging(second)
        #expect(both.positions == [0, 1, 4, 9, 10])
        #expect(both.weights == [0.1, 0.5, 0.7, 0.3, 0.2])
        #expect(both.step == 4 && both.steps == 2 && both.n == 11)
    }

    @Test func aSetPaceDecidesByItselfHowManyStepsARowCovers() {
        let row = HeatRow(step: 0, n: 1, positions: [], weights: [])
        var slow = HeatGrouping()
        #expect(slow.add(row, stepsPerSecond: 5000, pace: .stepsPerSecond(20))?.steps == 1)
        var fast = HeatGrouping()
        let rows = (0..<100).compactMap { _ in fast.add(row, stepsPerSecond: 1, pace: .stepsPerSecond(300)) }
        #expect(rows.map(\.steps) == Array(repeating: 10, count: 10))
    }
}

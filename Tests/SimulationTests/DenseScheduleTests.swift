import Testing

@testable import Simulation

@Suite struct DenseScheduleTests {
    @Test func cheapDenseAttentionRunsOnEveryStep() {
        var schedule = DenseSchedule()
        for _ in 0..<50 { schedule.note(0.001, period: 0.05) }
        #expect(schedule.every == 1)
    }

    @Test func dearDenseAttentionRunsOnEverySoMany() {
        var schedule = DenseSchedule()
        for _ in 0..<50 { schedule.note(0.2, period: 0.05) }
        #expect(schedule.every == 8)
        #expect((0..<16).filter(schedule.isDue) == [0, 8])
        for _ in 0..<200 { schedule.note(0.001, period: 0.05) }
        #expect(schedule.every == 1)
    }
}

import Testing

@testable import Simulation

@Suite struct ShareScheduleTests {
    @Test func whatIsCheapRunsOnEveryStep() {
        var schedule = ShareSchedule(share: 0.5)
        for _ in 0..<50 { schedule.note(0.001, period: 0.05) }
        #expect(schedule.every == 1)
    }

    @Test func whatIsDearRunsOnEverySoMany() {
        var schedule = ShareSchedule(share: 0.5)
        for _ in 0..<50 { schedule.note(0.2, period: 0.05) }
        #expect(schedule.every == 8)
        for _ in 0..<200 { schedule.note(0.001, period: 0.05) }
        #expect(schedule.every == 1)
    }

    @Test func aSmallerShareRunsLessOften() {
        var schedule = ShareSchedule(share: 0.1)
        for _ in 0..<50 { schedule.note(0.04, period: 0.05) }
        #expect(schedule.every == 8)
        schedule.note(.infinity, period: 0.05)
        #expect(schedule.every == 1 << 20)
    }
}

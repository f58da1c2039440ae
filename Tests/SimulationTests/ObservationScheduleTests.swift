import Testing

@testable import Simulation

@Suite struct ObservationScheduleTests {
    private func schedule(isPaced: Bool) -> ObservationSchedule {
        var schedule = ObservationSchedule()
        schedule.details = [.geometry, .levels]
        schedule.isPaced = isPaced
        return schedule
    }

    @Test func aCheapLookComesTenTimesASecond() {
        var schedule = schedule(isPaced: false)
        schedule.note([.geometry], at: 10, took: 1e-5)
        #expect(schedule.due(at: 10.05, merges: 0) == .levels)
        #expect(schedule.due(at: 10.11, merges: 0) == [.geometry, .levels])
    }

    /// At full speed a look of ten milliseconds is worth two seconds of stream.
    @Test func aCostlyLookWaits() {
        var full = schedule(isPaced: false)
        full.note([.geometry], at: 10, took: 0.01)
        #expect(!full.due(at: 11.9, merges: 0).contains(.geometry))
        #expect(full.due(at: 12.1, merges: 0).contains(.geometry))
        var paced = schedule(isPaced: true)
        paced.note([.geometry], at: 10, took: 0.01)
        #expect(paced.due(at: 10.3, merges: 0).contains(.geometry))
    }

    @Test func aLookBesideTheStreamThatTookLongDelaysTheNext() {
        var schedule = schedule(isPaced: false)
        schedule.note([.geometry], at: 10, took: 1e-4)
        schedule.noteEnd(of: [.geometry], at: 10.05, took: 0.05)
        #expect(!schedule.due(at: 12, merges: 0).contains(.geometry))
        #expect(schedule.due(at: 12.6, merges: 0).contains(.geometry))
        #expect(schedule.due(at: 10.05, merges: 0).contains(.levels))
    }
}

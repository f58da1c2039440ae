import Simulation
import Testing

@testable import Dashboard

@Suite struct StepWindowTests {
    private func snapshot(steps: Int, rate: Double) -> Snapshot {
        var snapshot = Snapshot()
        snapshot.stepsPerSecond = rate
        append(steps, to: &snapshot)
        return snapshot
    }

    /// HSR and naive in turn first: what comes second finds warm caches.
    private func append(_ steps: Int, to snapshot: inout Snapshot) {
        for _ in 0..<steps {
            var record = StepRecord()
            record.step = snapshot.history.appended
            let isFirst = record.step % 2 == 0
            record.hsrSeconds = isFirst ? 2e-6 : 1e-6
            record.naiveSeconds = isFirst ? 2e-6 : 4e-6
            if record.step % 97 == 0 { record.mark = .parameter("d \(record.step)") }
            snapshot.history.append(record)
        }
    }

    @Test func theSpeedUpWeighsBothOrdersAlike() throws {
        for steps in [63, 64, 180, 181] {
            let speedUp = try #require(SpeedUp(snapshot(steps: steps, rate: 20)))
            #expect(abs(speedUp.ratio - 2) < 1e-9)
            #expect(abs(speedUp.naive - 3e-6) < 1e-12)
            #expect(abs(speedUp.hsr - 1.5e-6) < 1e-12)
        }
        #expect(SpeedUp(Snapshot()) == nil)
    }

    /// A stream that stands shows the count of the step that it stands at, not the middle of the last ones.
    @Test func aStreamThatStandsShowsItsLastCount() throws {
        var snapshot = Snapshot()
        for reported in [100, 200, 300, 471, 472] {
            var record = StepRecord()
            record.reported = reported
            record.work.candidates = 2 * reported
            snapshot.history.append(record)
        }
        #expect(StepCounts(snapshot).reported == 300)
        snapshot.isPaused = true
        #expect(StepCounts(snapshot).reported == 472 && StepCounts(snapshot).tested == 944)
    }

    /// What is remembered of full columns is what they are.
    @Test func rememberedColumnsAreTheSame() {
        var snapshot = snapshot(steps: 10, rate: 900)
        var kept = StepWindow.Kept()
        for more in [1, 7, 300, 2, 3000, 1, 1, 5, 900, 4000, 13] {
            append(more, to: &snapshot)
            let fresh = StepWindow(snapshot, columns: 58)
            let again = StepWindow(snapshot, columns: 58, kept: &kept)
            #expect(fresh.hsr == again.hsr)
            #expect(fresh.naive == again.naive)
            #expect(fresh.marks.map(\.x) == again.marks.map(\.x))
            #expect(fresh.marks.map(\.mark) == again.marks.map(\.mark))
        }
    }

    /// The newest step is always seen, and from step to step most pictures keep their columns where they are.
    @Test func thePictureMovesSeldom() {
        var snapshot = snapshot(steps: 500, rate: 20)
        var moves = 0
        var before = StepWindow(snapshot, columns: 64)
        for _ in 0..<160 {
            append(1, to: &snapshot)
            let now = StepWindow(snapshot, columns: 64)
            #expect(now.hsr.contains { $0 != nil })
            #expect(now.hsr.compactMap { $0 }.count >= 60)
            if now.hsr.first != before.hsr.first || now.marks.first?.x != before.marks.first?.x { moves += 1 }
            before = now
        }
        #expect(moves <= 160 / 4 + 2)
    }

    /// A rate that wavers does not change the width of the columns.
    @Test func aWaveringRateKeepsTheColumns() {
        let steady = StepWindow(snapshot(steps: 4000, rate: 300), columns: 100)
        for rate in [310.0, 350, 390] {
            #expect(StepWindow(snapshot(steps: 4000, rate: rate), columns: 100).hsr == steady.hsr)
        }
    }
}

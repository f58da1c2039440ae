import Foundation
import Measurement
import Simulation
import Testing

@testable import Dashboard
@testable import Screen

/// What the large figure, the colours of errors and the light of the heatmap may claim.
@Suite struct RaceVerdictTests {
    private func snapshot(reported: Int, isDense: Bool = false, relative: Double = 1e-7) -> Snapshot {
        var snapshot = Fixture.standard
        snapshot.history = History(capacity: 256)
        for step in 0..<128 {
            var record = StepRecord()
            (record.step, record.n, record.reported, record.isDense) = (step, 4096, reported, isDense)
            (record.hsrSeconds, record.naiveSeconds) = (1e-6, 30e-6)
            (record.maxAbsError, record.relativeError, record.missed, record.extra) = (relative, relative, 0, 0)
            snapshot.history.append(record)
        }
        return snapshot
    }

    private func verdict(_ snapshot: Snapshot) throws -> RaceVerdict { RaceVerdict(try #require(SpeedUp(snapshot))) }

    @Test func nothingIsWonOverAnEmptySetOrOneKeyOrByTheSameCode() throws {
        #expect(try verdict(snapshot(reported: 0)) == .empty)
        #expect(try verdict(snapshot(reported: 1)) == .oneKey)
        #expect(try verdict(snapshot(reported: 500, isDense: true)) == .even)
        guard case .measured(let ratio) = try verdict(snapshot(reported: 2)) else {
            Issue.record("two keys are a race")
            return
        }
        #expect(abs(ratio - 30) < 1e-6)
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            let empty = Fixture.picture(of: .race, width, height, snapshot(reported: 0)).plainText
            #expect(empty.contains("empty set: output 0") && !empty.contains("faster by"))
            let even = Fixture.picture(of: .race, width, height, snapshot(reported: 500, isDense: true)).plainText
            #expect(even.contains("even: computed densely") && !even.contains("faster by"))
        }
    }

    /// A machine that does something else as well says so beside the times.
    @Test func aBusyMachineIsNamed() {
        var calm = snapshot(reported: 500)
        #expect(BusyMachine.sentence(calm) == nil)
        calm.pressure = 0.1
        #expect(BusyMachine.sentence(calm) == nil)
        calm.pressure = 0.6
        #expect(BusyMachine.sentence(calm)?.contains("60") == true)
        #expect(Fixture.picture(of: .race, 120, 40, calm).plainText.contains("busy machine"))
        var wavering = snapshot(reported: 500)
        wavering.history = History(capacity: 256)
        for step in 0..<128 {
            var record = StepRecord()
            (record.step, record.n, record.reported) = (step, 4096, 500)
            (record.hsrSeconds, record.naiveSeconds) = (1e-6, step % 6 < 3 ? 30e-6 : 90e-6)
            wavering.history.append(record)
        }
        #expect(BusyMachine.sentence(wavering)?.contains("3.0×") == true)
    }

    /// Where naive does not grow as n, nothing is claimed of HSR's growth.
    @Test func noPowerIsClaimedWhereNaiveIsOff() {
        for (exponent, isTrusted) in [(1.0, true), (0.95, true), (1.4, false), (0.6, false)] {
            var sweep = SweepSnapshot()
            let settings = Fixture.standard.settings
            let points = (12...18).map { power -> SweepPoint in
                let n = 1 << power
                let (naive, hsr) = (1e-9 * pow(Double(n), exponent), 1e-8 * pow(Double(n), 0.5))
                return SweepPoint(
                    n: n, hsr: Spread(low: hsr, median: hsr, high: hsr),
                    naive: Spread(low: naive, median: naive, high: naive), reported: 10, candidates: 20, index: .tree,
                    initSeconds: 0.01, underLoad: false)
            }
            sweep.curves = [SweepCurve(settings: settings, d: 4, points: points, isComplete: true)]
            let screen = Fixture.picture(of: .scaling, 200, 60, Fixture.snapshot(with: sweep)).plainText
            #expect(screen.contains("No power is claimed") == !isTrusted, "\(exponent)")
        }
    }

    @Test func onlyWhatIsExactIsInTheColourOfGood() {
        #expect(ErrorGrade(relative: 1e-7).role == .good)
        #expect(ErrorGrade(relative: 5e-3).role == .text)
        #expect(ErrorGrade(relative: 0.05).role == .warn)
        #expect(ErrorGrade(relative: 22).role == .error)
        #expect(ErrorGrade(relative: .nan).role == .error)
        #expect(ErrorGrade.allCases.filter { $0.role == .good } == [.exact])
    }

    /// More keys look brighter, whatever weight each has.
    @Test func moreAttentionIsBrighter() {
        let (n, columns, levels) = (4096, 64, 24)
        var before = 0
        for share in [0.002, 0.018, 0.03, 0.1, 0.5, 1] {
            let count = Int(share * Double(n))
            let positions = (0..<count).map { UInt32($0 * n / count) }
            let row = HeatRow(
                step: 0, n: n, positions: positions,
                weights: [Float](repeating: 1 / Float(count), count: count))
            let line = HeatLine(HeatBins(row, axis: KeyAxis(lower: 0, upper: n, columns: columns)))
            let light = line.inks(.share, top: 1, levels: levels).reduce(0) { $0 + Int($1) }
            #expect(light > before, "\(share)")
            before = light
        }
        #expect(before == columns * (levels - 1))
    }

    /// Columns on their way keep every entry, begin at the positions and end at the ranks.
    @Test func columnsGlideFromPositionsToRanks() {
        let n = 1000
        let order = KeyOrder(ranks: (0..<n).map { UInt32(($0 * 7) % n) })
        let positions = (0..<n).filter { ($0 * 7) % n < 100 }.map(UInt32.init)
        let row = HeatRow(
            step: 0, n: n, positions: positions, weights: [Float](repeating: 0.01, count: positions.count))
        let axis = KeyAxis(lower: 0, upper: n, columns: 50)
        func counts(_ progress: Double) -> [Int32] {
            HeatBins(row, axis: axis, order: order, progress: progress).count
        }
        #expect(counts(0) == HeatBins(row, axis: axis).count)
        #expect(counts(1) == HeatBins(row, axis: axis, order: order).count)
        for progress in [0, 0.1, 0.5, 0.9, 1] { #expect(counts(progress).reduce(0, +) == Int32(positions.count)) }
        // A half-space that is scattered over all columns stands in the first five.
        #expect(counts(1).prefix(5).reduce(0, +) == 100)
    }

    @Test func theGlideTakesASecondAndSaysWhatItMade() {
        var snapshot = Fixture.standard
        var state = Fixture.state(120, 40, snapshot)
        state.view = .heatmap
        _ = update(&state, .order)
        #expect(state.heatmap.orderProgress == 0)
        snapshot.order = KeyOrder(ranks: (0..<UInt32(snapshot.n)).map { UInt32(snapshot.n) - 1 - $0 })
        state.live = snapshot
        _ = update(&state, .tick(10))
        #expect(state.toasts.contains { $0.text.contains("runs before, now in") })
        var last = -1.0
        for step in 1...9 {
            _ = update(&state, .tick(10 + Double(step) / 10))
            #expect(state.heatmap.orderProgress > last)
            last = state.heatmap.orderProgress
        }
        _ = update(&state, .tick(11))
        #expect(state.heatmap.glide == nil && state.heatmap.orderProgress == 1)
        // An index that keeps no order is not waited for.
        _ = update(&state, .order)
        snapshot.order = nil
        state.live = snapshot
        _ = update(&state, .tick(12))
        _ = update(&state, .tick(20))
        #expect(state.heatmap.glide == nil && state.heatmap.orderProgress == 0)
    }
}

import Foundation
import HalfSpace
import Simulation

extension Fixture {
    /// A sweep with invented times: d = 4 under way at 2^18, d = 2 and d = 8 done before.
    static let sweep: SweepSnapshot = {
        var sweep = SweepSnapshot()
        sweep.curves = [
            curve(d: 2, exponent: 0.35, at2To20: 9e-6, last: 20),
            curve(d: 8, exponent: 0.75, at2To20: 2.3e-4, last: 20),
            curve(d: 4, exponent: 0.56, at2To20: 6e-5, last: 17),
        ]
        sweep.lengths = (8...20).map { 1 << $0 }
        sweep.isRunning = true
        sweep.n = 1 << 18
        sweep.fraction = 0.4
        return sweep
    }()

    static func curve(d: Int, exponent: Double, at2To20: Double, last: Int, loaded: Set<Int> = [15]) -> SweepCurve {
        var settings = Settings()
        settings.d = d
        var random = Random(state: UInt64(d))
        let points = (8...last).map { power in
            let n = Double(1 << power)
            let wobble = 0.94 + 0.12 * random.next()
            let naive = (2.5e-7 + n * 1.3e-10 * Double(d) * 1.6) * wobble
            let hsr = (6e-7 + at2To20 * pow(n / 1_048_576, exponent)) * (0.9 + 0.2 * random.next())
            return SweepPoint(
                n: 1 << power, hsr: Spread(low: hsr * 0.93, median: hsr, high: hsr * 1.4),
                naive: Spread(low: naive * 0.98, median: naive, high: naive * 1.15),
                reported: Int(n * 0.02), candidates: Int(n * 0.08), index: power < 11 ? .brute : .tree,
                initSeconds: n * 3e-7, underLoad: loaded.contains(power))
        }
        return SweepCurve(settings: settings, d: d, points: points, isComplete: last == 20)
    }

    static func snapshot(with sweep: SweepSnapshot) -> Snapshot {
        var snapshot = standard
        snapshot.sweep = sweep
        return snapshot
    }
}

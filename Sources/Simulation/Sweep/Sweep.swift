import Foundation
import HalfSpace

/// Measures time against n between the steps of the stream: keys and index of each n are made beside it, the steps are
/// measured on the engine's thread, so that nothing competes with them.
final class Sweep {
    private(set) var snapshot = SweepSnapshot()
    private var settings: Settings
    private let threads: Int?
    private let wake: @Sendable () -> Void
    private var trial: Trial?

    /// The n of a sweep, as powers of two.
    private static let powers = 8...20
    /// Curves kept for comparison.
    private static let curveLimit = 6

    init(settings: Settings, threads: Int?, wake: @escaping @Sendable () -> Void) {
        self.settings = settings
        self.threads = threads
        self.wake = wake
    }

    /// Goes on where the curve of the present settings stands.
    func resume() {
        snapshot.isRunning = true
        openCurve()
    }

    /// Stands still and frees what it holds; the points stay.
    func suspend() {
        snapshot.isRunning = false
        drop()
    }

    /// Other settings: another curve, unless only n differs.
    func adopt(_ settings: Settings) {
        let isSame = snapshot.curves.last?.serves(settings) ?? false
        self.settings = settings
        guard snapshot.isRunning, !isSame else { return }
        drop()
        openCurve()
    }

    private func drop() {
        trial = nil
        snapshot.n = nil
        snapshot.fraction = 0
    }

    private func openCurve() {
        if let at = snapshot.curves.firstIndex(where: { $0.serves(settings) }) {
            snapshot.curves.append(snapshot.curves.remove(at: at))
        } else {
            let d = settings.d ?? (try? settings.makeWorkload().dimension) ?? Settings.defaultDimension
            snapshot.curves.append(SweepCurve(settings: settings, d: d))
            if snapshot.curves.count > Self.curveLimit { snapshot.curves.removeFirst() }
        }
        snapshot.lengths = lengths
    }

    /// The n to measure at: powers of two, and all keys of a trace.
    private var lengths: [Int] {
        let limit = (try? settings.makeWorkload()).flatMap {
            [.trace, .model].contains(settings.workload) ? $0.promptLength : nil
        }
        let all = Self.powers.map { 1 << $0 }.filter { $0 <= limit ?? .max }
        return limit.map { all.last == $0 ? all : all + [$0] } ?? all
    }

    /// Whether it has work that the engine's thread should give time to.
    var wantsTime: Bool { snapshot.isRunning && trial?.wantsTime ?? false }

    /// Does a little: at most about `seconds` of measuring; returns whether anything changed.
    func advance(seconds: Double, underLoad: Bool) -> Bool {
        guard snapshot.isRunning, let curve = snapshot.curves.last, !curve.isComplete else { return false }
        guard let trial else { return start(after: curve) }
        switch trial.advance(seconds: seconds) {
        case .preparing(let fraction): snapshot.fraction = 0.5 * fraction
        case .measuring(let fraction): snapshot.fraction = 0.5 + 0.5 * fraction
        case .done(let result): close(result, underLoad: underLoad)
        case .failed(let sentence): finish(note: sentence)
        }
        return true
    }

    private func start(after curve: SweepCurve) -> Bool {
        guard let n = snapshot.lengths.first(where: { $0 > curve.points.last?.n ?? 0 }) else {
            finish(note: nil)
            return true
        }
        var next = settings
        next.n = n
        snapshot.n = n
        snapshot.fraction = 0
        trial = Trial(settings: next, threads: threads, wake: wake)
        return true
    }

    private func close(_ result: Trial.Result, underLoad: Bool) {
        let records = result.records
        let point = SweepPoint(
            n: result.promptLength,
            hsr: Spread(records.map(\.hsrSeconds)),
            naive: Spread(records.compactMap(\.naiveSeconds)),
            reported: Int(held: Spread(records.map { Double($0.reported) }).median),
            candidates: Int(held: Spread(records.map { Double($0.work.candidates) }).median),
            index: records.last?.index ?? .brute,
            initSeconds: result.initSeconds,
            underLoad: underLoad || records.contains(where: \.underLoad))
        snapshot.curves[snapshot.curves.count - 1].points.append(point)
        trial = nil
        snapshot.n = nil
    }

    private func finish(note: String?) {
        drop()
        snapshot.curves[snapshot.curves.count - 1].isComplete = true
        snapshot.curves[snapshot.curves.count - 1].note = note
    }
}

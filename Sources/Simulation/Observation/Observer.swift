import Attention
import Foundation
import HalfSpace
import Measurement
import Synchronization

/// Looks at single steps on a thread of its own, so that neither the stream nor the screen waits.
final class Observer: Sendable {
    struct Findings: Sendable {
        var geometry: GeometryFrame?
        var accuracy: AccuracyFrame?
        /// What was looked at, and for how many seconds.
        var details: Details = []
        var seconds = 0.0
    }

    private struct State {
        var findings: Findings?
        var isBusy = false
        var plane: Projection?
        var curves: [AccuracyCurve] = []
        var looks = 0
    }

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    /// Curves that the accuracy's medians range over.
    private static let curveLimit = 24

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    var isBusy: Bool { state.withLock { $0.isBusy } }

    /// What was found since the last call.
    func take() -> Findings? {
        state.withLock { state in
            defer { state.findings = nil }
            return state.findings
        }
    }

    /// Forgets earlier queries: the keys are others now.
    func forget() {
        state.withLock { state in
            state.plane = nil
            state.curves = []
            state.findings = nil
        }
    }

    /// Starts to look unless a look is under way.
    func look(_ observation: Observation) {
        let isFree = state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
        guard isFree else { return }
        let isStarted: Void? = try? startThread(named: "halfspace.observe") { [self] in
            let start = MonotonicClock.seconds
            var findings = examine(observation)
            (findings.details, findings.seconds) = (observation.details, MonotonicClock.seconds - start)
            state.withLock { state in
                state.findings = findings
                state.isBusy = false
            }
            wake()
        }
        // What was asked for is not looked at; the stream goes on.
        if isStarted == nil { state.withLock { $0.isBusy = false } }
    }

    private func examine(_ observation: Observation) -> Findings {
        var findings = Findings()
        if observation.details.contains(.geometry) {
            let (seen, plane) = observation.geometry(after: state.withLock { $0.plane })
            var frame = seen
            frame.number = state.withLock { state in
                state.plane = plane
                state.looks += 1
                return state.looks
            }
            findings.geometry = frame
        }
        if observation.details.contains(.accuracy), observation.rows > 0 {
            let curve = AccuracyCurve(
                observation.query, store: observation.store, rows: observation.rows,
                kept: AccuracyFrame.keptCounts(of: observation.rows),
                valueNorm: observation.valueNorm)
            let recent = state.withLock { state in
                state.curves = (state.curves + [curve]).suffix(Self.curveLimit)
                return state.curves
            }
            findings.accuracy = AccuracyFrame(
                newest: curve, step: observation.step, n: observation.rows, recent: recent)
        }
        return findings
    }
}

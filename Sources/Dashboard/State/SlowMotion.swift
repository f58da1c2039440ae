import Foundation
import Simulation

/// One step told slowly: both clocks are the measured times, stretched by one power of ten.
public struct SlowMotion: Sendable {
    /// What is told of the step: the index's work, and both times in seconds.
    let frame: LevelsFrame
    let n: Int
    let hsr, naive: Double
    /// A second of the step takes so many on the screen.
    let stretch: Double
    /// When it began, in seconds since the dashboard opened.
    let began: Double

    /// nil while no step was looked at, or none timed.
    init?(_ snapshot: Snapshot, now: Double) {
        guard let frame = snapshot.levels, let speedUp = SpeedUp(snapshot), speedUp.naive > 0, speedUp.hsr > 0 else {
            return nil
        }
        (self.frame, n, hsr, naive, began) = (frame, snapshot.n, speedUp.hsr, speedUp.naive, now)
        // Long enough to be followed, whatever the machine: the longer one takes two seconds to twenty.
        stretch = pow(10, (log10(2 / max(speedUp.hsr, speedUp.naive))).rounded(.up))
    }

    /// How far each is at a moment, 0…1.
    func progress(at now: Double) -> (hsr: Double, naive: Double) {
        let passed = max(0, now - began) / stretch
        return (min(1, passed / hsr), min(1, passed / naive))
    }

    func isOver(at now: Double) -> Bool { now - began > max(hsr, naive) * stretch }
}

/// Starts it, again where it was told before.
func startSlowMotion(_ state: inout DashboardState) -> [Effect] {
    let effects = state.view == .index ? [] : show(&state, .index)
    state.slowMotion = .wanted
    return effects + [.draw]
}

/// Lets it go on; where it was asked for and nothing was looked at yet, it waits.
func updateSlowMotion(_ state: inout DashboardState) -> [Effect] {
    switch state.slowMotion {
    case nil: return []
    case .wanted:
        guard state.view == .index else {
            state.slowMotion = nil
            return []
        }
        guard let slow = SlowMotion(state.shown, now: state.now) else { return [] }
        state.slowMotion = .running(slow)
        return [.draw]
    case .running(let slow):
        guard state.view == .index else {
            state.slowMotion = nil
            return []
        }
        // It stands at its end until the view is left or another is asked for.
        return slow.isOver(at: state.now - 0.2) ? [] : [.draw]
    }
}

/// Whether a step is told slowly.
public enum SlowMotionState: Sendable {
    /// Asked for; begins with the next step that is looked at.
    case wanted
    case running(SlowMotion)
}

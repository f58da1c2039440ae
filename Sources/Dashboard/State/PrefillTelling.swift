import Foundation
import Simulation

/// A prefill that was over in a moment, told so slowly that it can be followed: first the rows of HSR, then those of naive,
/// from the first to the last, each for its measured time, stretched by one factor.
public struct PrefillTelling: Sendable {
    /// In seconds, as they were measured.
    let hsr, naive: Double
    /// A second of the prefill takes so many on the screen.
    let stretch: Double
    /// When it began, in seconds since the dashboard opened.
    let began: Double

    /// Both ways together: what took longer than the first was watched as it ran, and the telling takes about the second.
    private static let moment = 4.0
    private static let length = 8.0

    /// nil of a prefill that is not over, that no index answered, or that took so long that it was watched.
    init?(_ frame: PrefillFrame, now: Double) {
        guard frame.phase == .done, frame.reported > 0, !PrefillTimesPanel.isDense(frame),
            let naive = frame.naiveSeconds, naive > 0, frame.hsrSeconds > 0, frame.hsrSeconds + naive < Self.moment
        else { return nil }
        (hsr, self.naive, began) = (frame.hsrSeconds, naive, now)
        let wanted = Self.length / (hsr + naive)
        // A number that can be said: one digit and zeros.
        let power = pow(10, floor(log10(wanted)))
        stretch = max(1, (wanted / power).rounded(.down)) * power
    }

    /// How far each way is at a moment, 0…1.
    func progress(at now: Double) -> (hsr: Double, naive: Double) {
        let passed = max(0, now - began) / stretch
        return (min(1, passed / hsr), min(1, max(0, passed - hsr) / naive))
    }

    func isOver(at now: Double) -> Bool { now - began > (hsr + naive) * stretch }
}

/// Begins to tell a prefill that has just ended in the view that is open.
/// - Parameter before: The prefill of the snapshot before.
func tellPrefill(_ state: inout DashboardState, before: PrefillFrame?) {
    guard let frame = state.live.prefill, frame.phase == .done else {
        state.prefillTold = nil
        return
    }
    // One that is over in a moment is never seen to run: its time tells it from the one before.
    guard state.view == .prefill, before?.phase != .done || before?.hsrSeconds != frame.hsrSeconds else { return }
    state.prefillTold = PrefillTelling(frame, now: state.now)
}

/// Lets the telling go on; it is over when its rows are, or when the view is left.
func updatePrefillTelling(_ state: inout DashboardState) -> [Effect] {
    guard let told = state.prefillTold else { return [] }
    if state.view != .prefill || told.isOver(at: state.now) { state.prefillTold = nil }
    return [.draw]
}

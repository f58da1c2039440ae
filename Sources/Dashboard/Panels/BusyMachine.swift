import Measurement
import Screen
import Simulation

/// Whether times on the screen are those of a machine that does something else as well.
enum BusyMachine {
    /// Naive's times count as unsteady from this factor between their tenth and ninetieth percentile on.
    static let steady = 2.0

    /// "the same step wavers 2.4×, busy machine", of which a narrow frame keeps the end; nil where times can be trusted.
    static func sentence(_ snapshot: Snapshot) -> String? {
        if let pressure = snapshot.pressure, pressure >= MachinePressure.limit {
            return "threads wait \(Format.percent(pressure)) of the time, busy machine"
        }
        if let speedUp = SpeedUp(snapshot), speedUp.count >= 32, speedUp.waver >= steady {
            return "the same step wavers \(Format.fixed(speedUp.waver, 1))×, busy machine"
        }
        return nil
    }
}

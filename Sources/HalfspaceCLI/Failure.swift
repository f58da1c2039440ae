import ArgumentParser
import Assets
import Dashboard
import Foundation
import HalfSpace
import Model
import Simulation
import Terminal
import Workload

/// Runs a command's body; what it throws becomes one sentence on standard error and an exit status of sysexits.
func reportingFailure(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as ExitCode {
        throw error
    } catch let error as ValidationError {
        throw error
    } catch {
        // What the argument parser throws, a wish for help among it, it explains itself.
        guard Halfspace.exitCode(for: error) == .failure else { throw error }
        Message.complain(error)
        throw ExitCode(exitStatus(of: error))
    }
}

/// 64 usage, 65 bad data, 66 cannot be read, 73 cannot be written, 70 anything else.
private func exitStatus(of error: any Error) -> Int32 {
    switch error {
    case let error as SettingsError: error.kind.rawValue
    case let error as WorkloadError: error.category.rawValue
    case is IndexCannotServe, is TerminalError: 64
    case let error as ThemeError: error.isMissing ? 66 : 65
    case let error as DemoError: error.isMissing ? 66 : 65
    case let error as ModelFault: error.problem == .cannotRead ? 66 : 65
    case let error as GGUFFault: if case .cannotRead = error.problem { 66 } else { 65 }
    case is ContextFull, is SpeakerUnavailable: 64
    case is AssetNotFound: 66
    case is NonFiniteEntry: 65
    case is OutputFailure, is CannotWrite: 73
    default: 70
    }
}

import ArgumentParser
import Workload

/// What `--rank` means, wherever it is taken.
enum RankOption {
    static let help = ArgumentHelp(
        "The massive workload's keys lie in a random subspace of so many dimensions (1 to d) but for noise of their own "
            + "with a hundredth of the noise's variance (default: they fill the space).")

    /// That it goes with the workload; whether it is at most d is the workload's to say.
    /// - Throws: `ValidationError`.
    static func check(_ rank: Int?, with workload: WorkloadKind) throws {
        guard let rank else { return }
        guard workload == .massive else {
            throw ValidationError("--rank goes with --workload massive, not with \(workload.rawValue).")
        }
        guard rank >= 1 else { throw ValidationError("--rank \(rank) is not 1 or more.") }
    }
}

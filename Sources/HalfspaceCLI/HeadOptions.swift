import ArgumentParser
import Workload

/// The heads of a layer of made data.
struct HeadOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "Decodes so many query heads in a step (gaussian and massive), both ways on all threads.")
    var heads: Int?
    @Option(
        name: .customLong("kv-heads"), parsing: .unconditional,
        help: "Key-value heads that the query heads share (default: as many as --heads).")
    var keyHeads: Int?

    /// What is asked for; nil: one head.
    /// - Throws: `ValidationError` for numbers that make no layer, or another workload.
    func shape(of workload: WorkloadKind) throws -> LayerShape? {
        guard let heads else {
            if keyHeads != nil {
                throw ValidationError("--kv-heads goes with --heads, the query heads that share them.")
            }
            return nil
        }
        try CountOption.check(heads, "--heads", in: 1...LayerShape.most)
        try CountOption.check(keyHeads, "--kv-heads", in: 1...LayerShape.most)
        guard workload == .gaussian || workload == .massive else {
            throw ValidationError(
                "--heads goes with --workload gaussian or massive: the workload \(workload.rawValue) has heads of its own."
            )
        }
        do {
            return try LayerShape(heads: heads, keyHeads: keyHeads)
        } catch {
            throw ValidationError("--heads \(heads) is not a multiple of --kv-heads \(keyHeads ?? heads).")
        }
    }
}

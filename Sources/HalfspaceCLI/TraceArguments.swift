import ArgumentParser
import Assets
import Foundation
import Workload

/// The options that say which trace is read, and how where its file does not say so: the same for all commands.
struct TraceArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with q, k and v (safetensors, its index.json, npz, npy, or a folder of them), or a bundled trace's name.",
            valueName: "file"))
    var trace: String?
    @Option(parsing: .unconditional, help: "The trace's layer: the number in the tensors' names (default: the first).")
    var layer: Int?
    @Option(
        parsing: .unconditional,
        help: "The head that is seen: of a trace its position in the tensor, with --heads its number, from 0.")
    var head: Int?
    @OptionGroup var reading: TraceReading

    /// The trace's file, or the bundled one.
    var path: String { trace.map(Self.path) ?? Assets.trace.path }

    /// The name of a file or folder, or of a trace of the user's or of ours.
    static func path(_ name: String) -> String {
        if FileManager.default.fileExists(atPath: name) { return name }
        return (try? Assets.find(.trace, name).path) ?? name
    }

    /// The options that were given, by name: none of them goes with made data.
    var given: [String] {
        [(trace != nil, "--trace"), (layer != nil, "--layer"), (head != nil, "--head")].filter(\.0).map(\.1)
            + reading.given
    }
}

/// How a trace is read where its file does not say so, or says otherwise.
struct TraceReading: ParsableArguments {
    @Option(help: "The tensors' names: a pattern with {layer} and {part}, such as 'net.{layer}.{part}_out'.")
    var names: String?
    @Option(help: "The order of the axes: htd (heads, tokens, entries) or thd (default: as the file says, or htd).")
    var layout: TensorLayout?
    @Flag(
        inversion: .prefixedNo,
        help: "Queries are among the keys, and the cache grows with them, or come after (default: as the file says).")
    var causal: Bool?
    @Option(parsing: .unconditional, help: "What ⟨q, k⟩ is multiplied by (default: as the file says, or 1/√d).")
    var scale: Double?
    @Option(
        parsing: .unconditional,
        help: "c of c·tanh(s/c), which softmax puts the scores through (default: as the file says, or none).")
    var softcap: Double?
    @Option(parsing: .unconditional, help: "The first query that is replayed, counted in tokens.")
    var from: Int?
    @Option(parsing: .unconditional, help: "The query before which replay ends, counted in tokens.")
    var to: Int?

    var options: TraceOptions {
        var options = TraceOptions()
        (options.names, options.layout, options.isCausal) = (names, layout, causal)
        (options.scale, options.softcap, options.from, options.to) = (scale, softcap, from, to)
        return options
    }

    fileprivate var given: [String] {
        [
            (names != nil, "--names"), (layout != nil, "--layout"), (causal != nil, "--causal"),
            (scale != nil, "--scale"), (softcap != nil, "--softcap"), (from != nil, "--from"), (to != nil, "--to"),
        ].filter(\.0).map(\.1)
    }
}

extension TensorLayout: ExpressibleByArgument {}

import ArgumentParser
import Attention
import Dashboard
import Foundation
import Simulation
import Workload

/// `halfspace stream`: the engine without a screen, a record for each step on standard output.
struct Stream: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decode without a screen and print a record for each step.",
        discussion: """
            Every step is checked against the definition (missed, extra) and against attention computed in float64 \
            (max_abs_error, rel_error; naive_abs_error is the error of dense float32 attention, \
            score_resolution what rounding of float32 inputs leaves unknown of a score). Of softmax there are its \
            bounds as well (mass_bound, certificate) and what the leaf-mean residual would leave of its error \
            (residual_error). reported and threshold of entmax are its support and the score at which weights begin. \
            With --heads the times are those of all heads on all threads, what is found is the shown head's, and \
            heads_reported (-1: every key was read), heads_hsr_ns and heads_naive_ns have an entry a head. \
            A value that a step did not measure is null, or empty in CSV.
            """
    )

    @Option(parsing: .unconditional, help: "How many steps to decode (default: what --generate says).")
    var steps: Int?
    @Option(help: "json (one object a line) or csv.")
    var format: RecordFormat = .json
    @Option(help: ArgumentHelp("Write the sparse outputs here, float32 [steps, dv].", valueName: "file.npy"))
    var outputs: String?
    @Option(
        help: ArgumentHelp(
            "Write q, k and v of the steps here, as a trace that replays them.", valueName: "file.safetensors"))
    var traceOut: String?
    @Flag(
        help: """
            Run the paper's Algorithms 1 and 2, line by line, over the keys of the start and as many queries as there are \
            steps, and compare each row with the engine's.
            """)
    var paper = false
    @OptionGroup var options: RunOptions

    func validate() throws {
        if let steps, steps < 0 { throw ValidationError("--steps \(steps) is negative; give 0 or more.") }
        try options.check()
        guard steps ?? options.model.generate != nil || options.model.compare else {
            throw ValidationError("Missing expected argument '--steps <steps>'")
        }
        if paper, traceOut != nil {
            throw ValidationError("--trace-out records the engine's steps; leave out --paper.")
        }
        guard let traceOut, let settings = try? options.settings() else { return }
        guard settings.workload != .model else {
            throw ValidationError("--trace-out records made keys and traces, not what a language model writes.")
        }
        guard settings.workload == .trace, let source = settings.tracePath else { return }
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        if resolved(traceOut) == resolved(source) {
            throw ValidationError("--trace-out \(traceOut) is the trace that is read; name another file.")
        }
    }

    func run() throws {
        try reportingFailure {
            let settings = try options.settings()
            let steps = steps ?? (settings.model.generate ?? 0) * (settings.model.compares ? 2 : 1)
            let progress = ProgressLine()
            guard !paper else { return try runAlgorithms(settings, steps: steps, progress) }
            let stream = try HeadlessStream(settings: settings, threads: options.threads) {
                progress.show($0, $1)
            }
            progress.clear()
            if let traceOut { try record(stream, steps: steps, to: traceOut) }
            let file = try outputs.map { try NumpyFile(path: $0, columns: stream.valueDimension) }
            if format == .csv { try print(format.header(stream.columns)) }
            for _ in 0..<steps {
                let step = try stream.next()
                try print(format.line(step.fields))
                try file?.append(row: step.output)
            }
            try file?.close()
            if let comparison = stream.comparison { Message.complain(comparison) }
        }
    }

    /// The rows of Algorithm 1, then those of Algorithm 2; `--outputs` takes both, one after the other.
    private func runAlgorithms(_ settings: Settings, steps: Int, _ progress: ProgressLine) throws {
        try CountOption.check(steps, "--steps with --paper", in: Self.rows)
        let run = try AlgorithmRun(settings: settings, threads: options.threads ?? 1) { progress.show($0, $1) }
        progress.clear()
        let file = try outputs.map { try NumpyFile(path: $0, columns: run.valueDimension) }
        if format == .csv { try print(format.header(run.columns)) }
        func write(_ fields: [RecordField], _ row: AlgorithmRow) throws {
            try print(format.line(fields))
            try file?.append(row: row.output)
        }
        try run.decode(steps: steps, each: write)
        try run.prefill(rows: steps, each: write)
        try file?.close()
    }

    /// Algorithm 2 takes all its queries at once, so they have to fit in memory.
    private static let rows = 0...1_000_000

    private func record(_ stream: HeadlessStream, steps: Int, to path: String) throws {
        guard let handle = OutputFile.open(path) else { throw OutputFailure(path: path) }
        let recording = TraceRecording(stream.workload, steps: min(steps, stream.stepsOfFirstSequence))
        if steps > stream.stepsOfFirstSequence {
            Message.complain(
                "\(path) holds the first \(stream.stepsOfFirstSequence) steps; those after them have other keys")
        }
        try recording.write(metadata: ["command": CommandLine.arguments.dropFirst().joined(separator: " ")]) { bytes in
            do {
                try handle.write(contentsOf: bytes)
            } catch {
                throw OutputFailure(path: path)
            }
        }
        try handle.close()
    }

    private func print(_ line: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
        } catch {
            throw OutputFailure(path: "standard output")
        }
    }
}

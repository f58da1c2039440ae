import ArgumentParser
import Foundation
import Simulation

/// `halfspace stream`: the engine without a screen, a record for each step on standard output.
struct Stream: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decode without a screen and print a record for each step.",
        discussion: """
            Every step is checked against the definition (missed, extra) and against attention computed in float64 \
            (max_abs_error, rel_error; naive_abs_error is the error of dense float32 attention). \
            A value that a step did not measure is null, or empty in CSV.
            """
    )

    @Option(help: "How many steps to decode (default: what --generate says).")
    var steps: Int?
    @Option(help: "json (one object a line) or csv.")
    var format: RecordFormat = .json
    @Option(help: ArgumentHelp("Write the sparse outputs here, float32 [steps, dv].", valueName: "file.npy"))
    var outputs: String?
    @OptionGroup var options: RunOptions

    func validate() throws {
        if let steps, steps < 0 { throw ValidationError("--steps \(steps) is negative; give 0 or more.") }
        try options.check()
        guard steps ?? options.model.generate != nil else {
            throw ValidationError("Missing expected argument '--steps <steps>'")
        }
    }

    func run() throws {
        try reportingFailure {
            let settings = try options.settings()
            let steps = steps ?? settings.model.generate ?? 0
            let progress = ProgressLine()
            let stream = try HeadlessStream(settings: settings, threads: options.threads) {
                progress.show($0, $1)
            }
            progress.clear()
            let file = try outputs.map { try NumpyFile(path: $0, columns: stream.valueDimension) }
            if format == .csv { try print(format.header(stream.columns)) }
            for _ in 0..<steps {
                let step = try stream.next()
                try print(format.line(step.fields))
                try file?.append(row: step.output)
            }
            try file?.close()
        }
    }

    private func print(_ line: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
        } catch {
            throw OutputFailure(path: "standard output")
        }
    }
}

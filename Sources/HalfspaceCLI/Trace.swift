import ArgumentParser
import Assets
import Evaluation
import Foundation
import HalfSpace
import Synchronization
import Workload

/// `halfspace trace`: traces looked at, and made.
struct Trace: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a trace holds and how sparse each of its heads is, or record one of a pretrained model.",
        subcommands: [TraceShow.self, TraceRecord.self], defaultSubcommand: TraceShow.self)
}

/// `halfspace trace FILE`: what a trace holds, and how each of its heads attends.
struct TraceShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Say what a trace holds, and how sparse each of its heads is.",
        discussion: """
            A line for each head: medians over queries spread evenly over the trace, or over the later half of a causal one. \
            Columns: \(HeadFigure.all.map { "\($0.name): \($0.meaning)" }.joined(separator: "; ")). \
            Ctrl-C ends it, with the heads that are done.
            """
    )

    @Argument(help: "The trace's file or folder, or a bundled trace's name.")
    var file: String
    @Option(parsing: .unconditional, help: "Only this layer: the number in the tensors' names.")
    var layer: Int?
    @Option(parsing: .unconditional, help: "Only this head: the position in the query tensor, from 0.")
    var head: Int?
    @OptionGroup var reading: TraceReading
    @Option(parsing: .unconditional, help: "Queries measured of each head.")
    var queries = 128
    @Option(help: "The column that heads are sorted by, falling; layer: as they stand.")
    var sort = "layer"
    @Flag(help: "Time decode steps as well, one head after another.")
    var measure = false
    @Flag(help: "Say what is in the file, and measure nothing.")
    var contents = false
    @Option(help: "How heads are printed.")
    var format = BenchFormat.table

    func validate() throws {
        guard queries >= 1 else { throw ValidationError("--queries \(queries) is not 1 or more.") }
        guard sort == "layer" || HeadFigure.named(sort) != nil else {
            let names = HeadFigure.all.map(\.name).joined(separator: ", ")
            throw ValidationError("--sort \(sort) is no column; there are layer, \(names).")
        }
    }

    func run() throws {
        try reportingFailure {
            let trace = try TraceContents(path: TraceArguments.path(file), options: reading.options)
            if format == .table || contents { TraceSummary.lines(of: trace).forEach(Message.line) }
            guard !contents else { return }
            var study = HeadStudy()
            (study.queries, study.measures) = (queries, measure)
            let survey = HeadSurvey(study: study, layer: layer, head: head)
            let wanted = try survey.places(in: trace).count
            let (heads, cancelled) = try surveyed(survey, trace)
            HeadTable(heads: sorted(heads), format: format).print()
            if cancelled {
                Message.complain("stopped after \(heads.count) of \(wanted) heads")
                throw ExitCode(130)
            }
        }
    }

    /// The figures, and whether Ctrl-C ended the survey before all were there.
    private func surveyed(_ survey: HeadSurvey, _ trace: TraceContents) throws -> ([HeadFigures], Bool) {
        let found = Mutex([HeadFigures]())
        let interruption = Interruption()
        let line = ProgressLine()
        let cancelled: Bool
        do {
            try survey.run(trace) { figures in
                found.withLock { $0.append(figures) }
            } progress: { share in
                if interruption.isAsked { throw CancellationError() }
                line.show("measuring heads", share)
            }
            cancelled = false
        } catch is CancellationError {
            cancelled = true
        }
        line.clear()
        return (found.withLock { $0 }, cancelled)
    }

    private func sorted(_ heads: [HeadFigures]) -> [HeadFigures] {
        let inOrder = heads.sorted { ($0.layer, $0.head) < ($1.layer, $1.head) }
        guard let figure = HeadFigure.named(sort) else { return inOrder }
        func key(_ head: HeadFigures) -> Double { figure.value(head) ?? -.infinity }
        return inOrder.enumerated()
            .sorted { (key($0.element), -$0.offset) > (key($1.element), -$1.offset) }.map(\.element)
    }
}

/// Ctrl-C as a question that long work asks, instead of the end of the program; a second one ends it.
private final class Interruption: Sendable {
    init() {
        wasInterrupted.store(false, ordering: .relaxed)
        signal(SIGINT) { number in
            wasInterrupted.store(true, ordering: .relaxed)
            signal(number, SIG_DFL)
        }
    }

    deinit { signal(SIGINT, SIG_DFL) }

    /// Whether Ctrl-C was pressed.
    var isAsked: Bool { wasInterrupted.load(ordering: .relaxed) }
}

/// A handler can reach nothing else.
private let wasInterrupted = Atomic(false)

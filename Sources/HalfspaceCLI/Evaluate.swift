import ArgumentParser
import Assets
import Evaluation
import Foundation
import Workload

/// The tables that check the paper's claims, one by one, on a workload.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Print the tables that prove or refute each claim: counts, exactness, times, errors and bounds.",
        discussion: """
            T1 reported counts, T2 exactness, T3 decode times, T4 Part 1 against Part 2, T5 prefill times, T6 softmax error \
            and its bounds, T7 temperature and the tilt law, T8 massive activation, T10 a growing cache, T11 the machine.
            """)

    @Option(help: "all, or a list such as T1,T6.")
    var table = TableList(names: Evaluation.names)
    @Option(help: "Where keys and queries come from (default: gaussian).")
    var workload: WorkloadKind?
    @Option(help: ArgumentHelp("A safetensors file with q, k and v; implies --workload trace.", valueName: "file"))
    var trace: String?
    @Option(help: "The trace's layer: the number in the tensors' names (default: the first).")
    var layer: Int?
    @Flag(help: "Smaller sizes: all tables within two minutes on two cores.")
    var quick = false
    @Option(help: "How tables are printed.")
    var format = BenchFormat.table
    @Option(help: "Seed of the workload.")
    var seed: UInt64 = 1

    func validate() throws {
        if trace != nil, let workload, workload != .trace {
            throw ValidationError("--trace goes with --workload trace, not with \(workload.rawValue).")
        }
    }

    func run() throws {
        try reportingFailure {
            let kind = workload ?? (trace == nil ? .gaussian : .trace)
            let source = try WorkloadSource(kind: kind, seed: seed, path: trace ?? Assets.trace.path, layer: layer)
            for (i, name) in table.names.enumerated() {
                let made = try Evaluation.table(name, of: source, plan: quick ? .quick : .full) {
                    BenchProgress.show($0)
                }
                BenchProgress.clear()
                guard let made else { continue }
                switch format {
                case .table: print((i > 0 ? "\n" : "") + made.text)
                case .csv: print((i > 0 ? "\n" : "") + made.csv)
                case .json: print(made.json)
                }
                fflush(nil)
            }
        }
    }
}

/// Tables by name.
struct TableList: ExpressibleByArgument {
    var names: [String]

    init(names: [String]) { self.names = names }

    init?(argument: String) {
        if argument.lowercased() == "all" {
            names = Evaluation.names
            return
        }
        names = argument.split(separator: ",", omittingEmptySubsequences: false).map { $0.uppercased() }
        guard !names.isEmpty, names.allSatisfy(Evaluation.names.contains) else { return nil }
    }

    var defaultValueDescription: String { "all" }
}

import ArgumentParser
import Assets
import Attention
import Dashboard
import HalfSpace
import Simulation
import Workload

/// The options that say what runs: the same for the dashboard, the stream and whatever else decodes.
struct RunOptions: ParsableArguments {
    @Option(help: "Where keys and queries come from.")
    var workload: WorkloadKind?
    @OptionGroup var traced: TraceArguments
    @Option(
        name: .customLong("n"), parsing: .unconditional,
        help: "Keys at the start (default: 65536, or all that the trace has).")
    var n: Int?
    @Option(
        name: .customLong("d"), parsing: .unconditional, help: "Head dimension, 1 to 1024 (default: 4, or the trace's)."
    )
    var d: Int?
    @OptionGroup var model: ModelOptions
    @Option(
        parsing: .unconditional,
        help: """
            Divides the scores of the massive workload: above 1 more diffuse, below 1 sharper. Of a language model: divides \
            the logits that letters are drawn by; 0 takes the likeliest (default: 0.8).
            """)
    var temperature: Double?
    @Option(parsing: .unconditional, help: RankOption.help)
    var rank: Int?
    @Option(help: "relu, softmax or entmax.")
    var activation: ActivationName = .relu
    @Option(
        parsing: .unconditional,
        help: "α: an integer from 1 to 8 for relu (default 1), a number above 1 for entmax (default 1.5).")
    var alpha: Double?
    @Option(help: "How the threshold b is chosen (default: calibrated, with softmax count).")
    var rule: ThresholdRule?
    @Option(parsing: .unconditional, help: "b itself, in score units; implies --rule manual.")
    var threshold: Double?
    @Option(parsing: .unconditional, help: "Adds so many standard deviations of the scores to b (default: 0).")
    var offset: Double?
    @Option(help: "Keys that the count rule keeps: a number, or a power such as n^0.8 (default: n^0.8).")
    var budget: Budget?
    @Option(
        parsing: .unconditional,
        help: "The error rule keeps softmax's error below so many times the largest value; implies --rule error.")
    var epsilon: Double?
    @Option(
        help: "What the error rule goes by: certified (a promise for each query) or measured (of the last queries).")
    var by: ErrorGoal.Basis?
    @Option(help: "auto, or one index: \(IndexKind.names).")
    var index: IndexChoice = .auto
    @Option(help: "How keys and values are kept: f32, f16 or bf16; dense attention reads the same bytes.")
    var store = NumberFormat.float32
    @OptionGroup var layer: HeadOptions
    @Option(
        parsing: .unconditional,
        help: "Threads that build the index (default: 1), with --heads also those of a step (default: one a core).")
    var threads: Int?
    @Option(parsing: .unconditional, help: "The same seed gives the same stream (default: 1).")
    var seed: UInt64?

    /// The settings that the options ask for.
    /// - Throws: `ValidationError` for options out of range or that do not go together.
    func settings() throws -> Settings {
        try CountOption.check(threads, "--threads", in: CountOption.threads)
        var settings = Settings()
        settings.workload = try chosenWorkload()
        settings.tracePath = traced.path
        (settings.layer, settings.head) = (traced.layer, traced.head)
        settings.traceOptions = traced.reading.options
        (settings.n, settings.d) = (n, d)
        settings.temperature = temperature ?? 1
        settings.rank = rank
        settings.request.shape = try layer.shape(of: settings.workload)
        if let shape = settings.request.shape, let head = settings.head, !(0..<shape.heads).contains(head) {
            throw ValidationError("--head \(head) is none of the layer's, which are 0 to \(shape.heads - 1).")
        }
        settings.activation = try activation.activation(alpha: alpha)
        if traced.reading.softcap != nil, settings.activation != .softmax {
            throw ValidationError("--softcap goes with --activation softmax, not with \(activation.rawValue).")
        }
        (settings.index, settings.store) = (index, store)
        settings.seed = seed ?? 1
        if settings.workload == .model {
            guard alpha == nil else { throw ValidationError("--alpha comes from the language model; leave it out.") }
            try model.apply(to: &settings, temperature: temperature)
            settings.threshold = try chosenThreshold(of: settings.activation, hasLearned: true)
        } else {
            settings.model = .bundled
            settings.threshold = try chosenThreshold(of: settings.activation, hasLearned: false)
            if settings.request.shape != nil, settings.threshold.rule == .error {
                throw ValidationError("--rule error is for one head; leave out --heads, or choose another rule.")
            }
        }
        return settings
    }

    /// The settings over what a person's file says: a workload that is named here replaces that of the file, with its options.
    /// - Throws: `DemoError` with the line of the file where it is to blame, else as ``settings()``.
    func settings(over config: ConfigFile) throws -> Settings {
        guard let wish = config.workload, workload == nil, traced.trace == nil, model.given == nil else {
            return try settings()
        }
        // What is wrong without the file is no mistake of the file.
        try check()
        var filled = self
        filled.workload = wish.kind
        (filled.traced.trace, filled.traced.layer) = (wish.trace, traced.layer ?? wish.layer)
        filled.traced.head = traced.head ?? wish.head
        (filled.model.model, filled.model.prompt) = (wish.model, wish.prompt)
        (filled.model.generate, filled.model.topP) = (wish.generate, wish.topP)
        (filled.n, filled.d) = (n ?? wish.n, d ?? wish.d)
        (filled.rank, filled.temperature) = (rank ?? wish.rank, temperature ?? wish.temperature)
        filled.seed = seed ?? wish.seed
        do {
            let settings = try filled.settings()
            try settings.validate()
            return settings
        } catch let error as DemoError {
            throw error
        } catch {
            throw wish.error("\((error as? ValidationError)?.message ?? "\(error)")")
        }
    }

    /// Refuses what cannot be asked for; what a file holds is looked at when it is used.
    func check() throws {
        do {
            _ = try settings()
        } catch let error as ValidationError {
            throw error
        } catch {}
    }

    private func chosenWorkload() throws -> WorkloadKind {
        let chosen = workload ?? (traced.trace != nil ? .trace : model.isNamed ? .model : .massive)
        if chosen != .model, let name = model.given {
            throw ValidationError("\(name) goes with --workload model, not with \(chosen.rawValue).")
        }
        if chosen != .trace,
            let name = traced.given.first(where: { $0 != "--head" || chosen != .model && layer.heads == nil })
        {
            throw ValidationError("\(name) goes with --workload trace, not with \(chosen.rawValue).")
        }
        try RankOption.check(rank, with: chosen)
        guard let temperature else { return chosen }
        if chosen == .model { return chosen }
        guard chosen == .massive else {
            throw ValidationError("--temperature goes with --workload massive or model, not with \(chosen.rawValue).")
        }
        guard WorkloadLimits.temperature.contains(temperature) else {
            throw ValidationError("--temperature \(temperature.shortest) is not a number from 1e-30 to 1e30.")
        }
        return chosen
    }

    private func chosenThreshold(of activation: Activation, hasLearned: Bool) throws -> ThresholdSettings {
        if case .entmax = activation {
            for (given, name) in [
                (rule != nil, "--rule"), (threshold != nil, "--threshold"), (offset != nil, "--offset"),
                (budget != nil, "--budget"),
            ] where given {
                throw ValidationError("entmax finds its own threshold; leave out \(name).")
            }
        }
        let usual: ThresholdRule = activation == .softmax ? .count : hasLearned ? .learned : .calibrated
        let chosen =
            rule ?? (threshold != nil ? .manual : epsilon != nil || by != nil ? .error : usual)
        if chosen == .learned, !hasLearned {
            throw ValidationError(
                "--rule learned goes with --workload model: only a language model learned a threshold.")
        }
        let goal = try chosenGoal(chosen, activation)
        if chosen == .manual, threshold == nil {
            throw ValidationError("--rule manual needs --threshold with the b that it uses.")
        }
        if chosen != .manual, threshold != nil {
            throw ValidationError("--threshold goes with --rule manual, not with \(chosen.rawValue).")
        }
        if chosen != .count, budget != nil {
            throw ValidationError("--budget goes with --rule count, not with \(chosen.rawValue).")
        }
        try FiniteOption.check(threshold, "--threshold")
        try FiniteOption.check(offset, "--offset")
        return ThresholdSettings(
            rule: chosen, offset: offset ?? 0, manual: threshold ?? 0, budget: budget ?? .power(0.8), goal: goal)
    }

    private func chosenGoal(_ rule: ThresholdRule, _ activation: Activation) throws -> ErrorGoal {
        guard rule == .error else {
            if epsilon != nil || by != nil {
                throw ValidationError("--epsilon and --by go with --rule error, not with \(rule.rawValue).")
            }
            return ErrorGoal()
        }
        guard activation == .softmax else {
            throw ValidationError(
                "--rule error goes with --activation softmax: \(activation.name) through half-space reporting is exact."
            )
        }
        guard (offset ?? 0) == 0 else {
            throw ValidationError("--offset moves a threshold, and --rule error finds its own.")
        }
        let epsilon = epsilon ?? ErrorGoal().epsilon
        guard epsilon > 0, epsilon.isFinite else {
            throw ValidationError("--epsilon \(epsilon.shortest) is not a number above 0.")
        }
        return ErrorGoal(epsilon: epsilon, basis: by ?? .certified)
    }
}

extension WorkloadKind: ExpressibleByArgument {}
extension ThresholdRule: ExpressibleByArgument {}
extension ErrorGoal.Basis: ExpressibleByArgument {}
extension NumberFormat: ExpressibleByArgument {}

extension Budget: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }
    public var defaultValueDescription: String { name }
}

extension IndexChoice: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }
    public var defaultValueDescription: String { name }
}

extension Double {
    /// "2" for 2.0, "1.5" for 1.5.
    var shortest: String { Int(exactly: self).map(String.init) ?? description }
}

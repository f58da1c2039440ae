import PlainText
import Workload

/// `[workload]` of the settings: what the dashboard runs where the command line names no other, by the names that the
/// command line has.
public struct ConfigWorkload: Sendable, Equatable {
    public var kind: WorkloadKind
    public var n, d, layer, head, rank, generate: Int?
    public var seed: UInt64?
    public var temperature, topP: Double?
    public var trace, model, prompt: String?
    /// Where it stands, for what is found wrong when it is opened.
    public var path: String
    public var line: Int?

    /// What goes with each.
    private static func names(_ kind: WorkloadKind) -> [String] {
        let own =
            switch kind {
            case .massive: ["d", "temperature", "rank"]
            case .gaussian: ["d"]
            case .trace: ["trace", "layer", "head"]
            case .model: ["model", "prompt", "temperature", "top_p", "generate", "head"]
            }
        return ["kind", "n", "seed"] + own
    }

    /// - Throws: ``DemoError`` with the line of what is wrong.
    init(_ section: DemoSection) throws(DemoError) {
        let kinds = WorkloadKind.allCases.map(\.rawValue)
        guard let name = try section.text("kind") else {
            throw section.error(nil, "[workload] needs a kind: \(kinds.joined(separator: ", ")).")
        }
        guard let kind = WorkloadKind(rawValue: name) else {
            throw section.error("kind", Suggestion.unknown("workload", name, among: kinds))
        }
        try section.check(keys: Self.names(kind), in: "the workload \(name)")
        self.kind = kind
        (path, line) = (section.file, section.line)
        n = try section.whole("n", in: WorkloadLimits.length)
        d = try section.whole("d", in: WorkloadLimits.dimension)
        layer = try section.whole("layer", in: 0...10_000)
        head = try section.whole("head", in: 0...10_000)
        rank = try section.whole("rank", in: WorkloadLimits.dimension)
        generate = try section.whole("generate", in: 1...1_000_000_000)
        seed = try section.whole("seed", in: 0...Int.max).map { UInt64($0) }
        temperature = try section.number(
            "temperature", in: kind == .model ? 0...1000 : WorkloadLimits.temperature)
        topP = try section.number("top_p", in: 0.001...1)
        (trace, model, prompt) = (try section.text("trace"), try section.text("model"), try section.text("prompt"))
    }

    /// What was found wrong when it was opened, as a mistake of the file.
    public func error(_ sentence: String) -> DemoError {
        DemoError(path: path, line: line, sentence: sentence.hasSuffix(".") ? sentence : sentence + ".")
    }
}

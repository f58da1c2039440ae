/// The tables by name, and how each is made.
public enum Evaluation {
    /// In the order in which they are printed.
    public static let names = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T13"]

    /// Makes one table; nil for an unknown name.
    /// - Throws: what the source, an index or `progress` throws.
    public static func table(
        _ name: String, of source: some EvaluationSource, plan: EvaluationPlan,
        progress: @escaping (String) throws -> Void = { _ in }
    ) throws -> ResultTable? {
        let plan = plan.fitted(to: source)
        let told = { (what: String) in try progress("\(name): \(what)") }
        return switch name {
        case "T1": try reportedCounts(source, plan, told)
        case "T2": try exactness(source, plan, told)
        case "T3": try decodeTimes(source, plan, told)
        case "T4": try parts(source, plan, told)
        case "T5": try prefillTimes(source, plan, told)
        case "T6": try softmaxErrors(source, plan, told)
        case "T7": try temperatures(source, plan, told)
        case "T8": try massiveActivation(source, plan, told)
        case "T9": try policies(source, plan, told)
        case "T10": try growth(source, plan, told)
        case "T11": machine(source, plan)
        case "T13": try thresholds(source, plan, told)
        default: nil
        }
    }

    /// An empty table; of a trace with several heads it says which are read.
    static func start(
        _ name: String, _ claim: String, _ source: some EvaluationSource, _ more: [(name: String, value: String)] = [],
        readsAllHeads: Bool = true, columns: [String]
    ) -> ResultTable {
        var parameters = [("workload", source.name), ("seed", String(source.seed))] + more
        if source.fixedDimension != nil, let first = source.heads.first {
            let all = source.heads.map(String.init).joined(separator: " ")
            parameters.append(
                ("heads", readsAllHeads || source.heads.count == 1 ? all : "\(first), the first of \(all)"))
        }
        return ResultTable(name: name, claim: claim, parameters: parameters, columns: columns)
    }
}

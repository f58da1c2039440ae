import HalfSpace
import Policies
import Workload

/// What policies are compared on: a prompt with its last queries, and the steps that follow, each with a query that is judged.
public struct PolicyEpisode {
    /// "layer 12, head 0", "massive".
    public var label: String
    /// The prompt's rows; there is room for those of the steps.
    public var store: KeyValueStore
    /// The prompt's last queries, oldest first, as many as are known.
    public var asked: [PromptQuery]
    public var steps: [DecodeInput]
    /// Whether queries come from elsewhere than the positions: then nothing is near in time, and the newest keys mean nothing.
    public var isPooled: Bool

    public init(
        label: String, store: KeyValueStore, asked: [PromptQuery], steps: [DecodeInput], isPooled: Bool = false
    ) {
        self.label = label
        self.store = store
        self.asked = asked
        self.steps = steps
        self.isPooled = isPooled
    }

    /// Queries that are only watched, where keys and queries have no common order: as many as SnapKV lets vote.
    static let watched = SnapKV.windowSize

    /// Data of which no query belongs to a position: the first queries are watched, the others judged.
    init(_ data: EvaluationData, queries: Int) {
        let (n, watched) = (data.n, min(Self.watched, max(0, data.queries.count - queries)))
        self.init(
            label: data.label, store: data.store,
            asked: data.queries.prefix(watched).map { PromptQuery($0, rows: n) },
            steps: data.queries.dropFirst(watched).prefix(queries).map { DecodeInput(query: $0) }, isPooled: true)
    }
}

extension EvaluationSource {
    public var tokens: Int? { nil }

    public func episode(n: Int, d: Int, queries: Int, head: Int) throws -> PolicyEpisode {
        let data = try data(n: n, d: d, queries: queries + PolicyEpisode.watched, head: head)
        return PolicyEpisode(data, queries: queries)
    }
}

extension WorkloadSource {
    /// Of a workload that appends keys the prompt's last positions are decoded, so that their queries are known: all of them of a
    /// trace. At most n keys stand in the prompt; a trace keeps enough for the steps.
    public func episode(n: Int, d: Int, queries: Int, head: Int) throws -> PolicyEpisode {
        let probe = try workload(n: nil, d: d, head: head)
        guard probe.appendsKeys else {
            return PolicyEpisode(
                try data(n: n, d: d, queries: queries + PolicyEpisode.watched, head: head), queries: queries)
        }
        let prompt: Int
        var watched = PolicyEpisode.watched
        if let tokens {
            prompt = max(1, min(n, tokens - queries))
            watched = max(0, prompt - 1)
        } else {
            prompt = n
            watched = min(watched, n)
        }
        let workload = try workload(n: prompt - watched, d: d, head: head)
        let store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: prompt + queries)
        try workload.fillPrompt(of: store, progress: { _ in })
        var asked: [PromptQuery] = []
        var steps: [DecodeInput] = []
        for number in 0..<watched + queries {
            let step = try workload.step(number, sequence: 0)
            guard number < watched, let key = step.key, let value = step.value else {
                steps.append(step)
                continue
            }
            try store.append(keys: key, values: value)
            asked.append(PromptQuery(step.query, rows: store.count))
        }
        return PolicyEpisode(label: workload.caption ?? name, store: store, asked: asked, steps: steps)
    }
}

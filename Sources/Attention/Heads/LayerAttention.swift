import HalfSpace

/// All heads of a layer: query heads over fewer sets of keys and values (grouped queries), a decode step computed through indexes
/// and densely, both by the same threads, which are kept.
///
/// The heads of a group follow each other: head h reads the keys of set h / ``group``. One thread owns it.
public final class LayerAttention {
    /// One for every query head; those of a group share keys, values and index.
    public let heads: [HeadCache]
    /// Query heads of a set of keys.
    public let group: Int
    private let sparse: HeadTeam
    private let dense: HeadTeam

    /// What a step gave for one head.
    public struct Outcome: Sendable {
        /// dv floats.
        public var output: [Float]
        /// The half-space that was summed over, in score units.
        public var threshold: Double
        /// The keys in it; all where every key was read.
        public var reported: Int
        /// Whether every key was read as dense attention reads it, so that there is no set to claim.
        public var isDense: Bool
        /// What the head took of a thread; heads that shared a reading have equal parts of it.
        public var seconds: Double
    }

    /// - Parameters:
    ///   - stores: Keys and values of each set, of equal lengths d and dv.
    ///   - count: The query heads, a multiple of the number of stores.
    ///   - threads: The threads of a step; nil: one a core.
    /// - Precondition: There is a store, and the heads are a multiple of them.
    public init(_ stores: [KeyValueStore], heads count: Int, threads: Int?) {
        precondition(!stores.isEmpty && count >= stores.count && count % stores.count == 0)
        group = count / stores.count
        let (d, dv) = (stores[0].dimension, stores[0].valueDimension)
        precondition(stores.allSatisfy { $0.dimension == d && $0.valueDimension == dv })
        let team = Team(workers: threads)
        let made = { HeadTeam(heads: count, keyHeads: stores.count, dimension: d, valueDimension: dv, team: team) }
        (sparse, dense) = (made(), made())
        var heads: [HeadCache] = []
        for store in stores {
            let first = HeadCache(over: store)
            heads += [first] + (1..<count / stores.count).map { _ in HeadCache(sharing: first) }
        }
        self.heads = heads
        sparse.separate(heads[...])
    }

    /// The threads that compute a step: as many as were asked for, or as the system gave.
    public var threads: Int { sparse.team.workers }

    /// The first head of every set of keys.
    public var keyHeads: [HeadCache] { stride(from: 0, to: heads.count, by: group).map { heads[$0] } }

    /// Builds an index over each set of keys, one after the other.
    /// - Parameters:
    ///   - choice: The index of all sets; `auto` chooses for each.
    ///   - hints: What is known of the queries of each set.
    ///   - threads: Threads that build one.
    ///   - progress: Told the share that is done of all.
    /// - Throws: `IndexCannotServe`, or `CancellationError` from `progress`.
    public func buildIndexes(
        _ choice: IndexChoice, hints: [QueryHints], threads: Int = 1, progress: @escaping BuildProgress = { _ in }
    ) throws {
        let sets = keyHeads
        let share = 1 / Double(sets.count)
        for (number, head) in sets.enumerated() {
            let hints = shared(hints[number], by: number)
            try head.buildIndex(choice: choice, hints: hints, threads: threads) {
                try progress((Double(number) + $0) * share)
            }
        }
    }

    /// The hints of a set, by its number, with how many queries share it.
    public func shared(_ hints: QueryHints, by set: Int) -> QueryHints {
        var hints = hints
        hints.sharing = group
        hints.looks = sparse.heads(aPieceOf: set)
        return hints
    }

    /// Appends a row to every set, and to its index.
    /// - Throws: `NonFiniteEntry`.
    public func append(keys: [[Float]], values: [[Float]]) throws {
        let sets = keyHeads
        sparse.team.run(sets.count) { [works = sparse.works, group] number in
            works[number * group].start([])
            works[number * group].append(sets[number], key: keys[number], value: values[number])
        }
        for work in sparse.works { if let fault = work.fault { throw fault } }
    }

    /// A step through the indexes; a group for which none pays reads its keys together, as dense attention does.
    /// - Parameters:
    ///   - queries: d floats of every head.
    ///   - activation: How scores become weights.
    ///   - thresholds: Of every head, as its rule chose it.
    /// - Throws: `NonFiniteEntry`.
    public func attend(_ queries: [[Float]], activation: Activation, thresholds: [ChosenThreshold]) throws {
        let (works, heads) = (sparse.works, heads)
        for (work, query) in zip(works, queries) { work.start(query) }
        sparse.attend(
            heads, activation: activation,
            thresholds: activation == .softmax ? [] : thresholds.map(\.value),
            isDense: { [group] set in readsEverything(set * group..<(set + 1) * group, activation, thresholds) },
            each: { works[$0].attend(heads[$0], activation: activation, threshold: thresholds[$0]) },
            together: {
                HeadWork.attendTogether(works, heads, $0, activation: activation, thresholds: thresholds)
            })
        for work in works { if let fault = work.fault { throw fault } }
    }

    /// A kernel of ReLU over the r largest finds b on the way, and entmax its support: neither shares a reading.
    private func readsEverything(_ mine: Range<Int>, _ activation: Activation, _ thresholds: [ChosenThreshold]) -> Bool
    {
        guard heads[mine.lowerBound].index?.answersDensely ?? true, GroupedDense.serves(activation) else {
            return false
        }
        return activation == .softmax || mine.allSatisfy { thresholds[$0].keepLargest == nil }
    }

    /// The same step over every key, as naive attention computes it: the queries of a group read each key once.
    /// - Parameters:
    ///   - queries: A query of length d for each head.
    ///   - activation: What scores become.
    ///   - thresholds: b of every head, in score units; softmax has none.
    public func attendDensely(_ queries: [[Float]], activation: Activation, thresholds: [Double]) {
        for (work, query) in zip(dense.works, queries) { work.start(query) }
        dense.attendDensely(heads, activation: activation, thresholds: thresholds)
    }

    /// What the last step through the indexes gave.
    public func outcome(of head: Int) -> Outcome { outcome(sparse.works[head]) }

    /// What the last step found for a head; nil where every key was read.
    public func finding(of head: Int) -> AttentionFinding? { sparse.works[head].isDense ? nil : heads[head].found }

    /// Lists the set of a head's last step, outside of its time.
    /// - Returns: What the step found; nil where every key was read, so that there is no set.
    /// - Throws: `NonFiniteEntry` if the query holds a NaN or an infinity.
    public func list(_ head: Int, into report: Report) throws(NonFiniteEntry) -> AttentionFinding? {
        sparse.works[head].isDense ? nil : try heads[head].lists(into: report)
    }

    /// What the last dense step gave.
    public func denseOutcome(of head: Int) -> Outcome { outcome(dense.works[head]) }

    private func outcome(_ work: HeadWork) -> Outcome {
        Outcome(
            output: work.output.values, threshold: work.threshold, reported: work.reported, isDense: work.isDense,
            seconds: work.seconds)
    }
}

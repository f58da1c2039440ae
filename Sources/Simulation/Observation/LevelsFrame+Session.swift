import Attention
import HalfSpace
import Measurement

extension LevelsFrame {
    /// Asks the index once more, with its levels noted, and times it against the sum over the same set: what the sum takes
    /// longer is the values' part; the rest is divided between walking and scoring by the bytes that each reads.
    init(of query: Query, session: DecodeSession, report: Report, drawsTree: Bool = false) {
        let (index, store) = (session.index, session.store)
        report.isTraced = true
        index.report(query, into: report)
        let levels = report.levels.reversed().map { level in
            Level(
                nodes: (store.count + level.nodeSize - 1) / level.nodeSize, visited: level.visited,
                pruned: level.pruned, whole: level.whole, tested: level.tested)
        }
        let drawn = drawsTree && !report.levels.isEmpty ? Self.picture(report, session) : nil
        report.isTraced = false
        let watch = Stopwatch()
        index.report(query, into: report)
        let listing = watch.seconds
        let work = report.work
        let scored = Double(4 * work.candidates * store.dimension)
        let share = work.bytesRead > 0 ? min(1, scored / Double(work.bytesRead)) : 1
        let flat = Level(
            nodes: work.visited, visited: work.visited, pruned: work.pruned, whole: work.whole, tested: work.candidates)
        self.init(
            step: session.step - 1, kind: index.statistics.kind, levels: levels.isEmpty ? [flat] : Array(levels),
            cost: Cost(
                index: listing * (1 - share), verify: listing * share,
                values: max(0, session.lastSparseSeconds - listing)),
            keys: store.count, keyBytes: store.count * store.dimension * store.format.bytes,
            reported: report.count, work: work)
        tree = drawn
        let settings = session.settings
        let shape = StepShape(
            n: store.count, d: store.dimension, dv: store.valueDimension, members: Double(report.count),
            demand: StepDemand(settings.activation, rule: settings.threshold.rule), format: store.format)
        let counts = QueryCounts(work, queries: 1, of: kind, d: shape.d, dv: shape.dv, format: shape.format)
        let step: StepWork? = index.answersDensely ? .readingAll(shape) : kind.work(of: counts, in: shape)
        allowedSeconds = step.map { 1e-6 * MachineCosts.current.reading(of: $0, .cold) }
    }

    /// The nodes over the prompt's keys, which are the index's first; what came later stands in blocks of its own.
    private static func picture(_ report: Report, _ session: DecodeSession) -> TreePicture {
        TreePicture(
            fates: report.fates, order: session.index.order.prefix(session.promptLength),
            sizes: report.levels.reversed().map(\.nodeSize))
    }
}

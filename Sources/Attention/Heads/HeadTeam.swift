/// What computes all query heads of a layer on threads that are kept.
///
/// Heads that share keys and values follow each other. They go to one thread, which then finds what they read near, as far as that
/// leaves no thread without work; the rest are shared out by the head, and dense attention by parts of the rows.
package final class HeadTeam: @unchecked Sendable {
    package let team: Team
    /// One for every query head.
    package let works: [HeadWork]
    /// Query heads that share keys.
    package let group: Int
    private let grouped: [GroupedDense]

    /// - Parameter keyHeads: Sets of keys and values, of which the number of heads is a multiple.
    package init(heads: Int, keyHeads: Int, dimension: Int, valueDimension: Int, team: Team) {
        precondition(keyHeads >= 1 && heads % keyHeads == 0)
        self.team = team
        let group = heads / keyHeads
        self.group = group
        works = (0..<heads).map { _ in HeadWork(valueDimension: valueDimension) }
        grouped = (0..<keyHeads).map { _ in
            GroupedDense(queries: group, dimension: dimension, valueDimension: valueDimension)
        }
    }

    /// Sets of heads that go to one thread each, as many as leave none without work.
    private var wholeGroups: Int { grouped.count / team.workers * team.workers }

    /// Whether a head may be asked beside another that shares its keys.
    package func asksAlone(_ head: Int) -> Bool { group > 1 && head / group >= wholeGroups }

    /// Parts into which the rows of a set are cut for dense attention: by their number alone, so that the sums are the same to the last
    /// bit on any threads.
    private static func parts(of rows: Int) -> Int { min(max(rows / leastPart, 1), mostParts) }
    private static let (leastPart, mostParts) = (256, 16)

    private enum Task {
        case heads(Range<Int>)
        case parts(Range<Int>, group: Int)
    }

    /// Computes all heads.
    /// - Parameters:
    ///   - caches: One for every query head.
    ///   - activation: Of the sets of heads that are computed densely.
    ///   - thresholds: b of every head for those, if the activation has one.
    ///   - isDense: Whether the heads of a set, by its number, read all keys together.
    ///   - each: Computes a head of the others, on any thread.
    ///   - together: Computes several that share keys, on any thread; nil: one after the other.
    package func attend(
        _ caches: [HeadCache], activation: Activation = .softmax, thresholds: [Double] = [], isDense: (Int) -> Bool,
        each: @escaping (Int) -> Void, together: ((Range<Int>) -> Void)? = nil
    ) {
        var tasks: [Task] = []
        var dense: [Range<Int>] = []
        for (number, together) in grouped.enumerated() {
            let mine = number * group..<(number + 1) * group
            let isWhole = number < wholeGroups
            if isDense(number) {
                let store = caches[mine.lowerBound].store
                let parts = Self.parts(of: store.count)
                together.start(
                    mine.map { works[$0].query }, activation: activation,
                    thresholds: thresholds.isEmpty ? [] : Array(thresholds[mine]), over: store, parts: parts)
                tasks +=
                    isWhole
                    ? [.parts(0..<parts, group: number)] : (0..<parts).map { .parts($0..<$0 + 1, group: number) }
                dense.append(mine)
            } else if isWhole {
                tasks.append(.heads(mine))
            } else {
                tasks += mine.map { .heads($0..<$0 + 1) }
            }
        }
        team.run(tasks.count) { [grouped, tasks] task in
            switch tasks[task] {
            case .heads(let mine):
                if mine.count > 1, let together { together(mine) } else { for head in mine { each(head) } }
            case .parts(let parts, let group): for part in parts { grouped[group].sum(part) }
            }
        }
        for mine in dense {
            let together = grouped[mine.lowerBound / group]
            for head in mine {
                works[head].finishDensely(
                    caches[head], together, number: head - mine.lowerBound, of: group, activation: activation,
                    threshold: thresholds.isEmpty ? -.infinity : thresholds[head])
            }
        }
    }

    /// Every head over all of its keys, as naive attention computes it.
    package func attendDensely(_ caches: [HeadCache], activation: Activation = .softmax, thresholds: [Double] = []) {
        attend(
            caches, activation: activation, thresholds: thresholds,
            isDense: { _ in GroupedDense.serves(activation) },
            each: { [works] in works[$0].attendDensely(caches[$0], activation: activation, threshold: thresholds[$0]) })
    }
}

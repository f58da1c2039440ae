/// What computes all query heads of a layer on threads that are kept.
///
/// Heads that share keys and values follow each other. They go to one thread, which then finds what they read near, as far as that
/// leaves no thread without work; the rest are shared out in pieces, and dense attention by parts of the rows.
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

    /// Heads of a set, by its number, that one thread asks one after the other.
    package func heads(aPieceOf set: Int) -> Int {
        guard set >= wholeGroups else { return group }
        let left = (grouped.count - wholeGroups) * group
        return min(group, (left + team.workers - 1) / team.workers)
    }

    private func pieces(of set: Int) -> [Range<Int>] {
        let (end, piece) = ((set + 1) * group, heads(aPieceOf: set))
        return stride(from: set * group, to: end, by: piece).map { $0..<min(end, $0 + piece) }
    }

    /// Tells heads of those that are asked beside others which share their keys.
    package func separate(_ caches: ArraySlice<HeadCache>) {
        for set in grouped.indices {
            let pieces = pieces(of: set)
            for piece in pieces {
                let plan = pieces.count > 1 ? PieceOfHeads() : nil
                for h in piece { caches[caches.startIndex + h].piece = plan }
            }
        }
    }

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
            } else {
                tasks += pieces(of: number).map { .heads($0) }
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

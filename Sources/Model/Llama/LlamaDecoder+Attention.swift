import Attention
import Measurement

extension LlamaDecoder {
    /// Every head of a layer; returns its seconds, without those of what is beside it.
    func attend(_ l: Int, _ kind: Pass, _ step: inout DecodedStep) throws -> Double {
        let c = model.configuration
        let d = c.dimension
        let isDense = kind == .dense || kind == .beside
        for h in 0..<c.heads { works[h].start(Array(bench.queries[0][h * d..<(h + 1) * d])) }
        // Upkeep of the index is part of half-space reporting alone.
        if kind == .dense { append(l) }
        let watch = Stopwatch()
        if isDense {
            attendDensely(l)
        } else {
            append(l)
            if rule.rule == .learned { attendDensely(l) } else { attendByRule(l) }
        }
        let seconds = watch.seconds
        for work in works { if let fault = work.fault { throw fault } }
        for h in 0..<c.heads {
            let values = works[h].output.values
            let target = bench.attended[0]
            for t in 0..<d { target[h * d + t] = values[t] }
        }
        guard kind != .beside else { return seconds }
        step.queries += works.map(\.query)
        step.thresholds += works.map(\.threshold)
        step.reported += works.map(\.reported)
        guard kind == .compared else { return seconds }
        let (works, rule, group) = (works, rule, c.group)
        team.run(c.keyHeads) { [heads] number in
            for h in number * group..<(number + 1) * group { works[h].compare(heads[l * c.heads + h], rule: rule) }
        }
        step.shares += works.map(\.share)
        step.errors += works.map(\.error)
        return seconds
    }

    /// Appends the position's keys and values to every set of keys of a layer, and to its index.
    private func append(_ l: Int) {
        let c = model.configuration
        let (heads, works) = (heads, works)
        let (keys, values) = (bench.keys[0], bench.values[0])
        team.run(c.keyHeads) { group in
            let row = group * c.dimension..<(group + 1) * c.dimension
            works[group * c.group].append(
                heads[l * c.heads + group * c.group], key: Array(keys[row]), value: Array(values[row]))
        }
    }

    /// Every head through its index. Heads that share keys go to one thread, which then finds their codes near, as far as that
    /// leaves no thread without work.
    private func attendByRule(_ l: Int) {
        let c = model.configuration
        let (heads, works, rule) = (heads, works, rule)
        let whole = wholeGroups
        let groups = (0..<c.keyHeads).map { $0 * c.group..<($0 + 1) * c.group }
        let tasks = groups.flatMap { group in
            group.lowerBound < whole * c.group || group.allSatisfy { heads[l * c.heads + $0].staysDense }
                ? [group] : group.map { $0..<$0 + 1 }
        }
        team.run(tasks.count) { [grouped] task in
            let mine = tasks[task]
            guard mine.count > 1, mine.allSatisfy({ heads[l * c.heads + $0].staysDense }) else {
                for h in mine where works[h].fault == nil { works[h].attend(heads[l * c.heads + h], rule: rule) }
                return
            }
            let together = grouped[mine.lowerBound / c.group]
            together.start(mine.map { works[$0].query }, over: heads[l * c.heads + mine.lowerBound].store, parts: 1)
            together.sum(0)
            for h in mine { works[h].finishDensely(heads[l * c.heads + h], together, number: h % c.group) }
        }
    }

    /// Every head over all keys: those that share keys read them together. A set goes to one thread, or in parts to all of them where
    /// one would be left without work.
    private func attendDensely(_ l: Int) {
        let c = model.configuration
        let (heads, works, grouped) = (heads, works, grouped)
        let whole = tokens.count < Self.leastDivided ? c.keyHeads : wholeGroups
        var tasks: [(group: Int, part: Int)] = []
        for group in 0..<c.keyHeads {
            let mine = group * c.group..<(group + 1) * c.group
            let parts = group < whole ? 1 : team.workers
            grouped[group].start(
                mine.map { works[$0].query }, over: heads[l * c.heads + mine.lowerBound].store, parts: parts)
            tasks += (0..<parts).map { (group, $0) }
        }
        team.run(tasks.count) { [tasks] in grouped[tasks[$0].group].sum(tasks[$0].part) }
        for h in 0..<c.heads {
            works[h].finishDensely(heads[l * c.heads + h], grouped[h / c.group], number: h % c.group)
        }
    }

    /// Rows from which on threads share those of one set of keys.
    private static let leastDivided = 256
}

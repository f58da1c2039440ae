import Attention
import Measurement

extension LlamaDecoder {
    /// Every head of a layer; returns its seconds, without those of what is beside it.
    func attend(_ l: Int, _ kind: Pass, _ step: inout DecodedStep) throws -> Double {
        let c = model.configuration
        let (d, works) = (c.dimension, headTeam.works)
        let isDense = kind == .dense || kind == .beside
        for h in 0..<c.heads { works[h].start(Array(bench.queries[0][h * d..<(h + 1) * d])) }
        let watch = Stopwatch()
        // Both ways keep the row; upkeep of the index is part of half-space reporting alone.
        if kind != .beside { append(l, takesIn: !isDense) }
        if isDense || rule.rule == .learned { headTeam.attendDensely(caches(l)) } else { attendByRule(l) }
        let seconds = watch.seconds
        if kind == .dense { takeIn(l) }
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
        let (rule, group) = (rule, c.group)
        team.run(c.keyHeads) { [heads] number in
            for h in number * group..<(number + 1) * group { works[h].compare(heads[l * c.heads + h], rule: rule) }
        }
        step.shares += works.map(\.share)
        step.errors += works.map(\.error)
        return seconds
    }

    /// Appends the position's keys and values to every set of keys of a layer, and to its index if that takes them in.
    private func append(_ l: Int, takesIn: Bool) {
        let c = model.configuration
        let (heads, works) = (heads, headTeam.works)
        let (keys, values) = (bench.keys[0], bench.values[0])
        team.run(c.keyHeads) { [self] set in
            let row = set * c.dimension..<(set + 1) * c.dimension
            let (work, cache) = (works[set * c.group], heads[l * c.heads + set * c.group])
            work.appendRow(cache, key: Array(keys[row]), value: Array(values[row]))
            if takesIn { work.takeIn(cache, rulesAsk: rulesAsk(l, set)) }
        }
    }

    /// Brings the indexes of a layer to the rows present.
    private func takeIn(_ l: Int) {
        let c = model.configuration
        for set in 0..<c.keyHeads {
            headTeam.works[set * c.group].takeIn(heads[l * c.heads + set * c.group], rulesAsk: rulesAsk(l, set))
        }
    }

    /// Whether a rule chooses what heads of a set of keys read.
    private func rulesAsk(_ l: Int, _ set: Int) -> Bool {
        let first = l * model.configuration.heads + set * model.configuration.group
        return rule.rule != .learned
            && !heads[first..<first + model.configuration.group].allSatisfy(\.staysDense)
    }

    private func caches(_ l: Int) -> [HeadCache] {
        let count = model.configuration.heads
        return Array(heads[l * count..<(l + 1) * count])
    }

    /// Every head through its index; those that share keys and all stay dense read them together.
    private func attendByRule(_ l: Int) {
        let (caches, works, rule, group) = (caches(l), headTeam.works, rule, model.configuration.group)
        headTeam.attend(
            caches,
            isDense: { set in group > 1 && caches[set * group..<(set + 1) * group].allSatisfy(\.staysDense) },
            each: { works[$0].attend(caches[$0], rule: rule) },
            together: { HeadWork.attendTogether(works, caches, $0, rule: rule) })
    }
}

import Measurement
import Screen
import Simulation

// What each view says now, in one sentence made from its figures: the longest wording first, none while nothing is known.
// The Accuracy view's stands above its curves, since captions rest on its figures.

extension RaceView {
    func message(_ context: RenderContext) -> [String] {
        let n = context.snapshot.n
        guard let speedUp = SpeedUp(context.snapshot), n > 0 else { return [] }
        let verdict = RaceVerdict(speedUp)
        let share = Format.percent(Double(speedUp.reported) / Double(n))
        switch verdict {
        case .measured(let ratio):
            let winner = ratio < 1 ? "naive" : "HSR"
            return [
                "\(share) of the keys reach b: \(winner) is \(verdict.figure) faster",
                "\(share) of the keys: \(winner) \(verdict.figure) faster",
                "\(share) reach b: \(winner) \(verdict.figure)", "\(share): \(winner) \(verdict.figure)",
            ]
        case .even: return ["computed densely: nothing to win", "computed densely"]
        case .empty: return ["no key reaches b: the output is 0", "no key reaches b"]
        case .oneKey: return ["one key alone reaches b"]
        }
    }
}

extension HeatmapView {
    func message(_ context: RenderContext) -> [String] {
        guard let runs = HeatRuns(context.snapshot) else { return [] }
        let (keys, here) = (Format.grouped(runs.keys), Format.grouped(runs.byPosition))
        guard context.state.heatmap.followsIndex, let sorted = runs.byIndex.map(Format.grouped) else {
            return ["the newest step's \(keys) keys lie in \(here) runs", "\(keys) keys, \(here) runs"]
        }
        return [
            "the newest step's \(keys) keys: \(here) runs by position, \(sorted) in the index's order",
            "\(here) runs, in index order \(sorted)",
        ]
    }
}

extension ScalingView {
    func message(_ context: RenderContext) -> [String] {
        guard let curve = context.snapshot.sweep.curves.last, let last = curve.points.last, last.hsr.median > 0 else {
            return []
        }
        let ahead = curve.crossover.map { "HSR is ahead from n = \(Format.binary($0)) on" }
        if let naive = curve.naiveFit, let hsr = curve.claimedPower {
            let powers = "HSR grows as \(Text.power(hsr.exponent)), naive as \(Text.power(naive.exponent))"
            return (ahead.map { ["\(powers); \($0)"] } ?? []) + [powers]
        }
        if let ahead { return [ahead] }
        let verdict = RaceVerdict.measured(last.naive.median / last.hsr.median)
        return ["at n = \(Format.binary(last.n)) \(verdict.sentence) \(verdict.figure)"]
    }
}

extension GeometryView {
    func message(_ context: RenderContext) -> [String] {
        guard let frame = context.snapshot.geometry, frame.n > 0 else { return [] }
        func share(_ fates: [GeometryFrame.Fate]) -> String {
            Format.percent(Double(fates.reduce(0) { $0 + frame.totals[$1.rawValue] }) / Double(frame.n))
        }
        let (inside, unseen) = (share([.reported, .whole]), share([.pruned]))
        guard frame.totals[GeometryFrame.Fate.pruned.rawValue] > 0 else {
            return ["\(inside) of the keys lie in the half-space"]
        }
        return [
            "\(inside) of the keys lie in the half-space, and \(unseen) were never looked at",
            "\(inside) in the half-space, \(unseen) unseen",
        ]
    }
}

extension IndexView {
    func message(_ context: RenderContext) -> [String] {
        guard let frame = context.snapshot.levels, frame.keys > 0 else { return [] }
        let scored = Format.percent(Double(frame.work.candidates) / Double(frame.keys))
        let reported = Format.percent(Double(frame.reported) / Double(frame.keys))
        return [
            "\(scored) of the keys were scored to report \(reported)", "\(scored) scored, \(reported) reported",
        ]
    }
}

extension HeadsView {
    func message(_ context: RenderContext) -> [String] {
        guard let grid = HeadGrid(context.state) else { return [] }
        let known = grid.values.enumerated().flatMap { row, values in
            values.enumerated().compactMap { head, value in
                value.map { (value: $0, place: "\(grid.layers[row].number)/\(head)") }
            }
        }
        guard let least = known.min(by: { $0.value < $1.value }), let most = known.max(by: { $0.value < $1.value }),
            known.count > 1, least.value < most.value
        else { return [] }
        return [
            "\(grid.figure): least \(HeadGrid.shown(least.value)) at head \(least.place), most "
                + "\(HeadGrid.shown(most.value)) at \(most.place)",
            "\(grid.figure) \(HeadGrid.shown(least.value)) to \(HeadGrid.shown(most.value))",
        ]
    }
}

extension TextView {
    func message(_ context: RenderContext) -> [String] {
        guard let frame = context.snapshot.text, frame.tally.written > 0 else { return [] }
        let (same, written) = (Format.grouped(frame.tally.same), Format.grouped(frame.tally.written))
        let words =
            frame.tally.same == frame.tally.written
            ? "all \(written) \(frame.unit)s as dense attention writes them"
            : "\(same) of \(written) \(frame.unit)s as dense attention writes them"
        guard let rates = TextFiguresPanel.Rates(context.snapshot) else { return [words] }
        let verdict = RaceVerdict.measured(rates.hsr / rates.naive)
        return ["\(words); \(verdict.sentence) \(verdict.figure)", words]
    }
}

extension PoliciesView {
    func message(_ context: RenderContext) -> [String] {
        guard let frame = context.snapshot.policies, frame.looks > 0 else { return [] }
        // The oracle is no rival: it knows every score.
        let able = frame.ranked.filter { $0.outcome.least == nil && $0.kind != .oracle }
        guard let best = able.first, let worst = able.last, able.count > 1 else { return [] }
        let (least, most) = (Text.error(best.median.error), Text.error(worst.median.error))
        return [
            "at the same bytes \(best.kind.name) errs least, \(least), and \(worst.kind.name) most, \(most)",
            "least error \(best.kind.name) \(least), most \(worst.kind.name) \(most)",
        ]
    }
}

extension PrefillView {
    func message(_ context: RenderContext) -> [String] {
        guard let frame = context.snapshot.prefill, frame.queries > 0 else { return [] }
        let (done, all) = (Format.grouped(frame.done), Format.grouped(frame.queries))
        switch frame.phase {
        case .building, .running: return ["\(done) of \(all) queries answered", "\(done) of \(all) answered"]
        case .cancelled: return ["stopped after \(done) of \(all) queries: p begins anew", "stopped: p begins anew"]
        case .failed: return []
        case .done:
            guard !PrefillTimesPanel.isDense(frame) else {
                return ["no index pays here: every key was read", "every key was read"]
            }
            guard let naive = frame.naiveSeconds, frame.hsrSeconds > 0 else { return [] }
            let (hsr, dense) = (Text.duration(frame.hsrSeconds), Text.duration(naive))
            return [
                "\(all) queries took HSR \(hsr), its index built meanwhile, and naive \(dense)",
                "HSR \(hsr) with its index, naive \(dense)", "HSR \(hsr), naive \(dense)",
            ]
        }
    }
}

import Screen
import Simulation

extension EntriesPanel {
    var figures: [Figure] {
        [
            .count("reported", label: "reported") { $0.history.isEmpty ? nil : StepCounts($0).reported },
            .count("predicted", label: "predicted") { StepCounts($0).predicted },
            .count("tested", label: "tested") { $0.history.isEmpty ? nil : StepCounts($0).tested },
            Figure(
                "error", label: "error", value: { $0.recentSteps(64).compactMap(\.maxAbsError).max() },
                text: Text.error),
        ]
    }
}

extension SpeedUpPanel {
    /// naive's time over HSR's; none over an empty answer or one key.
    var figures: [Figure] {
        [
            Figure(
                "faster", label: { SpeedUp($0).map { RaceVerdict($0).sentence } ?? title },
                value: { snapshot in
                    switch SpeedUp(snapshot).map(RaceVerdict.init) {
                    case .measured(let ratio): ratio
                    case .even: 1
                    case .empty, .oneKey, nil: nil
                    }
                }, text: nil, short: { Text.ratio($0) + "×" }
            ).timed
        ]
    }
}

extension WordsPanel {
    var figures: [Figure] {
        [
            Figure(
                "top_share", label: "query", value: { $0.attended.first.map { Double($0.share) } },
                text: { Format.percent($0) }),
            // What the first key of all gets, on which nearly every query of a decoder rests.
            Figure(
                "sink_share", label: "query",
                value: { $0.attended.first { $0.position == 0 }.map { Double($0.share) } },
                text: { Format.percent($0) }),
        ]
    }
}

extension HeatmapPanel {
    var figures: [Figure] {
        [
            .count("reported", label: "keys") { $0.heat.last.map { Double($0.positions.count) } },
            Figure(
                "runs", label: { _ in "runs" }, value: { HeatRuns($0).map { Double($0.byPosition) } },
                text: { Format.grouped(Int(held: $0)) }, short: { Format.grouped(Int(held: $0)) }),
            Figure(
                "sorted_runs", label: { _ in "runs" }, value: { HeatRuns($0)?.byIndex.map(Double.init) },
                text: { Format.grouped(Int(held: $0)) }, short: { Format.grouped(Int(held: $0)) }),
        ]
    }
}

extension Header {
    /// What stands in the top line of every view.
    static var figures: [Figure] {
        [
            .count("n", label: "n ") { $0.n > 0 ? Double($0.n) : nil },
            .count("d", label: "d ", unit: "") { $0.d > 0 ? Double($0.d) : nil },
        ]
    }
}

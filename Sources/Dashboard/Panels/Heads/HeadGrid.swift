import Evaluation
import Foundation
import Measurement
import Screen
import Simulation
import Workload

/// The heads that there are to choose from, in rows of layers, each with the chosen figure.
struct HeadGrid {
    let layers: [HeadLayer]
    /// By row and head; nil where it is not known yet.
    let values: [[Double?]]
    /// Of a made layer how many times faster than naive each head was, by row and head; else empty.
    private(set) var ratios: [[Double?]] = []
    /// Heads that share a key-value head, as far as that is known.
    let group: Int
    /// The figure, and what it says.
    let figure, meaning: String
    /// The head that the dashboard shows, and the one under the cursor.
    let shown, cursor: HeadsState.Spot

    /// nil where the workload has no heads to choose from, or none are known yet.
    init?(_ state: DashboardState) {
        let snapshot = state.shown
        let settings = snapshot.settings
        guard settings.hasHeads, !snapshot.layers.isEmpty,
            snapshot.layers.allSatisfy({ $0.heads > 0 })
        else { return nil }
        layers = snapshot.layers
        group = settings.request.shape?.group ?? 1
        if settings.workload != .trace {
            // Of heads that all report the same what they leave out tells them apart.
            let known = Self.modelFigures(snapshot)
            (figure, meaning) = (known[0].name, known[0].meaning)
            if settings.request.shape != nil { ratios = [known[1].values] }
            var counts = known[0].values[...]
            values = layers.map { layer in
                defer { counts = counts.dropFirst(layer.heads) }
                return (0..<layer.heads).map { $0 < counts.count ? counts[counts.startIndex + $0] : nil }
            }
        } else {
            let chosen = HeadFigure.all[min(max(state.heads.figure, 0), HeadFigure.all.count - 1)]
            (figure, meaning) = (chosen.name, chosen.meaning)
            let known = snapshot.survey?.figures ?? [:]
            values = layers.map { layer in
                (0..<layer.heads).map { known[.init(layer: layer.number, head: $0)].flatMap(chosen.value) }
            }
        }
        shown = Self.spot(of: settings.headNumber(in: layers) ?? 0, in: layers)
        let wanted = state.heads.cursor ?? shown
        let row = min(max(wanted.row, 0), layers.count - 1)
        cursor = .init(row: row, head: min(max(wanted.head, 0), layers[row].heads - 1))
    }

    /// What is known of the heads of a language model, as means over the last letters, the one that is drawn first.
    static func modelFigures(_ snapshot: Snapshot) -> [(name: String, meaning: String, values: [Double?])] {
        if snapshot.settings.request.shape != nil { return layerFigures(snapshot) }
        let letters = snapshot.history.suffix(64).compactMap(\.text)
        let unit = snapshot.text?.unit ?? "letter"
        let reported = means(letters.map { $0.reported.map(Double.init) })
        let all = [("reported", "keys reported, mean of the last \(unit)s", reported)]
        let left = means(letters.map { $0.shares.map { 1 - Double($0) } })
        guard !left.isEmpty else { return all }
        return [
            ("left", "weight left out, mean of the last \(unit)s", left),
            (
                "error", "error of the output, mean of the last \(unit)s",
                means(letters.map { $0.errors.map(Double.init) })
            ),
        ] + all
    }

    /// What is known of the heads of a made layer: the share of their keys that they activate, and how much faster than naive
    /// each was, of what both took of a thread.
    private static func layerFigures(_ snapshot: Snapshot) -> [(name: String, meaning: String, values: [Double?])] {
        let steps = snapshot.recentSteps(64).filter { $0.layer != nil }
        let shares = steps.map { step in
            (step.layer?.reported ?? []).map { $0.map { 100 * Double($0) / Double(max(1, step.n)) } ?? 100 }
        }
        let timed = steps.compactMap(\.layer).filter { !$0.naiveSeconds.isEmpty }
        return [
            ("share", "% of the keys activated, × naive's time over HSR's", means(shares)),
            (
                "faster", "naive over HSR, mean of \(timed.count) steps",
                means(timed.map { layer in layer.seconds.indices.map { layer.speedUp(of: $0) ?? .nan } })
            ),
        ]
    }

    /// By head, over the letters that tell of as many heads as the newest that tells of any.
    private static func means(_ letters: [[Double]]) -> [Double?] {
        let told = letters.filter { !$0.isEmpty }
        guard let count = told.last?.count else { return [] }
        let alike = told.filter { $0.count == count }
        return (0..<count).map { head in
            let known = alike.map { $0[head] }.filter(\.isFinite)
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
    }

    func ratio(of spot: HeadsState.Spot) -> Double? {
        guard ratios.indices.contains(spot.row), ratios[spot.row].indices.contains(spot.head) else { return nil }
        return ratios[spot.row][spot.head]
    }

    var isElsewhere: Bool { cursor != shown }
    var mostHeads: Int { layers.map(\.heads).max() ?? 0 }

    /// The number of a head, counted through all layers, and back.
    func number(of spot: HeadsState.Spot) -> Int { layers[..<spot.row].reduce(spot.head) { $0 + $1.heads } }

    private static func spot(of number: Int, in layers: [HeadLayer]) -> HeadsState.Spot {
        var rest = number
        for (row, layer) in layers.enumerated() {
            if rest < layer.heads { return .init(row: row, head: max(0, rest)) }
            rest -= layer.heads
        }
        return .init(row: 0, head: 0)
    }

    func name(of spot: HeadsState.Spot) -> String { "layer \(layers[spot.row].number), head \(spot.head)" }

    /// A count whole, any other number with the digits that matter.
    static func shown(_ value: Double) -> String {
        if let whole = Int(exactly: value), abs(whole) < 1_000_000 { return Format.grouped(whole) }
        return TableCell.short(value)
    }

    /// Where values lie between the least and the most: on a logarithmic scale if they span more than a power of ten.
    struct Scale {
        let low, high: Double
        private let isLogarithmic: Bool

        init?(_ values: [[Double?]]) {
            let known = values.joined().compactMap { $0 }.filter(\.isFinite)
            guard let low = known.min(), let high = known.max() else { return nil }
            (self.low, self.high) = (low, high)
            isLogarithmic = low > 0 && high / low > 10
        }

        /// From 0 to 1.
        func share(_ value: Double) -> Double {
            guard high > low, value.isFinite else { return 0.5 }
            let share = isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
            return min(max(share, 0), 1)
        }
    }
    var scale: Scale? { Scale(values) }
}

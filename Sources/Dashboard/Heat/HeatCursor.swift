import Screen
import Simulation

/// What stands under the cursor of the heatmap, in words.
struct HeatCursor {
    let lines: [String]

    init(picture: HeatPicture, column: Int, slot: Int, snapshot: Snapshot) {
        guard let i = picture.ring.rows.firstIndex(where: { $0.slot == slot }) else {
            lines = ["no step here yet"]
            return
        }
        let row = picture.ring.rows[i].row
        let bins = picture.bins[i]
        let keys = picture.axis.positions(of: column)
        let name = bins.order == nil ? "key" : "rank"
        let place =
            keys.count == 1
            ? "\(name) \(Format.grouped(keys.lowerBound))"
            : "\(name)s \(Format.grouped(keys.lowerBound)) to \(Format.grouped(keys.upperBound - 1))"
        let count = Int(bins.count[column])
        var first =
            "step \(Format.grouped(row.step))   \(place)   reported \(Format.grouped(count)) of \(Format.grouped(keys.count))"
        if count > 0 {
            first += "   largest weight \(Format.percent(Double(bins.largest[column])))"
            first += "   mass \(Format.percent(Double(bins.sum[column])))"
        }
        var lines = [first]
        if let words = snapshot.words {
            let query = words.query(row.step).map { "query \u{201C}\($0)\u{201D} attends to  " } ?? ""
            lines.append(
                query + Self.heaviest(row, keys, bins.order).compactMap { words.key($0) }.joined(separator: "  "))
        }
        lines.append("the whole step: \(Format.grouped(row.positions.count)) reported of \(Format.grouped(row.n))")
        self.lines = lines
    }

    /// The reported positions of a cell, the heaviest first, as many as a line holds.
    private static func heaviest(_ row: HeatRow, _ keys: Range<Int>, _ order: KeyOrder?) -> [Int] {
        row.positions.indices
            .filter { keys.contains(order?.rank(of: Int(row.positions[$0])) ?? Int(row.positions[$0])) }
            .sorted { row.weights[$0] > row.weights[$1] }
            .prefix(16).map { Int(row.positions[$0]) }
    }
}

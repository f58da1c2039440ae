import Foundation
import Screen
import Simulation

/// What stands under the cursor of the heatmap, in words.
struct HeatCursor {
    let lines: [String]

    init(picture: HeatPicture, column: Int, slot: Int, snapshot: Snapshot, width: Int = .max) {
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
        let present = max(0, min(keys.upperBound, row.n) - keys.lowerBound)
        guard present > 0 else {
            lines = ["step \(Format.grouped(row.step))   \(place)   no key there yet"]
            return
        }
        var parts = [
            "step \(Format.grouped(row.step))", place,
            "reported \(Format.grouped(count)) of \(Format.grouped(present))",
        ]
        if count > 0 {
            parts.append("largest weight \(Format.percent(Double(bins.largest[column])))")
            parts.append("mass \(Format.percent(Double(bins.sum[column])))")
        }
        // Where there is little room the blanks go first, then the long words.
        var first = parts.joined(separator: "   ")
        if first.count > width { first = parts.joined(separator: "  ") }
        for (long, short) in [("largest weight", "largest"), (" to ", "–"), ("reported ", "")] where first.count > width
        {
            first = first.replacingOccurrences(of: long, with: short)
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

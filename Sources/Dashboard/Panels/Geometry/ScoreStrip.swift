import Foundation
import Measurement
import Screen
import Simulation

/// The keys counted by their score under the picture, on its own scale, and the scores under that.
struct ScoreStrip {
    let map: GeometryMap
    let cloud: KeyCloud
    let paint: FatePaint

    /// The last row is the axis.
    func draw(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        bars(in: rect.inset(bottom: 1), into: &buffer, context)
        axis(in: rect.row(rect.height - 1), into: &buffer, context)
    }

    /// A column's height is in proportion to its keys, but never so low that a few reported ones are not seen; what a
    /// full one stands for is written above the first.
    private func bars(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard rect.height > 0 else { return }
        let columns = (0..<cloud.width).map { x in
            (0..<cloud.height).reduce(into: KeyCloud.Place()) { sum, y in
                sum.counts &+= cloud[x, y].counts
            }
        }
        let most = max(1, columns.map(\.total).max() ?? 1)
        let least = 1 / Double(8 * rect.height)
        let line = map.x(map.frame.line)
        for (x, column) in columns.enumerated() {
            guard let fate = column.fate, Int(held: line.rounded(.down)) != x else { continue }
            buffer.sparkline(
                [max(least, Double(column.total) / Double(most))],
                in: Rect(x: rect.x + x, y: rect.y, width: 1, height: rect.height),
                style: paint.style(fate, density: fate == .pruned ? 0.5 : 1), glyphs: context.glyphs)
        }
        let scale = "\(context.glyphs.full) \(Format.grouped(Int(most))) keys"
        let isFree = (0...min(scale.count + 1, columns.count - 1)).allSatisfy {
            Double(columns[$0].total) < Double(most) * Double(rect.height - 1) / Double(rect.height)
        }
        guard rect.height >= 2, rect.width > scale.count, isFree, line > Double(scale.count + 2) else { return }
        buffer.put(scale, x: rect.x, y: rect.y, style: context.style(.muted), clip: rect)
    }

    private func axis(in line: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let frame = map.frame
        let style = context.style(.muted)
        let name = "score \(context.glyphs.right)"
        buffer.put(name, in: line, align: .trailing, style: style)
        guard frame.scorePerUnit > 0, frame.scorePerUnit.isFinite else { return }
        var taken: [Range<Int>] = [line.right - name.count - 1..<line.right]
        func put(_ text: String, at score: Double, _ style: Style) {
            let x = line.x + Int(held: map.x(map.across(ofScore: score))) - (text.count - 1) / 2
            let place = x - 1..<x + text.count + 1
            guard x >= line.x, x + text.count <= line.right, !taken.contains(where: { $0.overlaps(place) }) else {
                return
            }
            buffer.put(text, x: x, y: line.y, style: style)
            taken.append(place)
        }
        let b = map.score(frame.line)
        if b.isFinite { put("b \(Format.significant(b))", at: b, context.style(.accent, .bold)) }
        let span = map.score(map.across(Double(line.width))) - map.score(map.across(0))
        let step = Self.step(span / Double(max(2, line.width / 10)))
        let first = (map.score(map.across(0)) / step).rounded(.up)
        for i in 0..<64 {
            let score = (first + Double(i)) * step
            guard map.x(map.across(ofScore: score)) < Double(line.width) else { break }
            put(Text.short(score), at: score, style)
        }
    }

    /// 1, 2 or 5 times a power of ten, at least so much.
    private static func step(_ least: Double) -> Double {
        guard least > 0, least.isFinite else { return 1 }
        let power = pow(10, floor(log10(least)))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? 10 * power
    }
}

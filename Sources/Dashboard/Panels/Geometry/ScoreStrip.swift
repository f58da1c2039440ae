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

    /// A column's height is the logarithm of its keys: the few reported ones must be seen.
    private func bars(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        guard rect.height > 0 else { return }
        let columns = (0..<cloud.width).map { x in
            (0..<cloud.height).reduce(into: KeyCloud.Place()) { sum, y in
                sum.counts &+= cloud[x, y].counts
            }
        }
        let peak = log(1 + Double(max(1, columns.map(\.total).max() ?? 1)))
        let line = map.x(map.frame.line)
        for (x, column) in columns.enumerated() {
            guard let fate = column.fate, Int(held: line.rounded(.down)) != x else { continue }
            buffer.sparkline(
                [log(1 + Double(column.total)) / peak],
                in: Rect(x: rect.x + x, y: rect.y, width: 1, height: rect.height),
                style: paint.style(fate, density: fate == .pruned ? 0.5 : 1), glyphs: context.glyphs)
        }
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

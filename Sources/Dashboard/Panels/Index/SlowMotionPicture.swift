import Measurement
import Screen
import Simulation

//  naive  ████████████░░░░░░░░░░░░░░░░░░░░  41 000 of 65 836 keys   40.2 µs
//  HSR    ████████████████████ done            6 806 of 65 836 keys   20.1 µs
//  one second is 10 µs
//
//                    ██
//        ░░    ██        ██      ▓▓
//           ░ ██ ░ █     ░ ▓ ░ ██

/// One step in slow motion: naive sweeps all keys, HSR walks down the tree level by level, cutting branches, and stops.
struct SlowMotionPicture {
    let slow: SlowMotion

    func draw(in rect: Rect, into buffer: inout Buffer, _ context: RenderContext) {
        let progress = slow.progress(at: context.state.now)
        let work = slow.frame.work
        let looked = work.candidates + work.wholeKeys
        lane("naive", .naive, progress.naive, of: slow.n, seconds: slow.naive, in: rect.row(0), into: &buffer, context)
        lane("HSR", .hsr, progress.hsr, of: looked, seconds: slow.hsr, in: rect.row(1), into: &buffer, context)
        let second = Text.duration(1 / slow.stretch)
        let factor = Format.grouped(Int(held: slow.stretch))
        let words = [
            "one second here is \(second) there: both clocks real, slowed \(factor) times",
            "both clocks real: a second here is \(second)", "both clocks real, 1 s = \(second)",
        ]
        buffer.put(
            words.first { DisplayWidth.of($0) <= rect.width } ?? words[2], in: rect, row: 2,
            style: context.style(.muted), ellipsis: context.glyphs.ellipsis)
        TreeDrawing(frame: slow.frame, progress: progress.hsr).draw(in: rect.inset(top: 4), into: &buffer, context)
    }

    private func lane(
        _ name: String, _ series: Theme.Series, _ share: Double, of keys: Int, seconds: Double, in line: Rect,
        into buffer: inout Buffer, _ context: RenderContext
    ) {
        let done = Format.grouped(Int(held: share * Double(keys)))
        let mark = share >= 1 ? "\(context.glyphs.check.text) " : ""
        let words = "\(mark)\(done) keys  \(padded(Text.duration(share * seconds)))"
        buffer.put(name, in: line, style: context.style(series, .bold))
        buffer.put(words, in: line, align: .trailing, style: context.style(series, share >= 1 ? .bold : []))
        let bar = line.inset(left: 7, right: max(24, words.count) + 1)
        buffer.fill(bar, with: Cell(context.glyphs.shades[1], context.style(.border)))
        // The lane is as long as all keys: HSR's ends where the keys do that it looks at.
        let whole = Double(keys) / Double(max(1, slow.n))
        buffer.bar(min(1, whole) * share, in: bar, style: context.style(series), glyphs: context.glyphs)
    }

    private func padded(_ text: String) -> String { String(repeating: " ", count: max(0, 8 - text.count)) + text }
}

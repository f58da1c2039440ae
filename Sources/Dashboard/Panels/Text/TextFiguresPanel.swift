import Screen
import Simulation

/// Tokens a second both ways, and whether both ways write the same.
struct TextFiguresPanel: Panel {
    let title = "tokens a second"

    func note(_ context: RenderContext) -> String {
        Rates(context.snapshot).map { "median of \($0.count)" } ?? ""
    }

    func render(into buffer: inout Buffer, rect: Rect, context: RenderContext) {
        guard let frame = context.snapshot.text else { return }
        var y = rect.y
        func row() -> Rect {
            defer { y += 1 }
            return Rect(x: rect.x, y: y, width: rect.width, height: 1)
        }
        if let rates = Rates(context.snapshot) {
            let fastest = max(rates.hsr, rates.naive)
            for (name, series, rate) in [("HSR", Theme.Series.hsr, rates.hsr), ("naive", .naive, rates.naive)] {
                let line = row()
                buffer.put(name, in: line, style: context.style(series, .bold))
                buffer.put(Text.short(rate), in: line, align: .trailing, style: context.style(.text, .bold))
                buffer.bar(
                    rate / fastest, in: line.inset(left: 6, right: 8), style: context.style(series),
                    glyphs: context.glyphs)
            }
            y += 1
        }
        let tally = frame.tally
        buffer.put(
            "same text: \(Format.grouped(tally.same)) of \(Format.grouped(tally.written)) letters", in: row(),
            style: context.style(tally.same == tally.written ? .text : .warn, .bold))
        buffer.put(
            "largest difference of a logit: \(Text.error(tally.largestDifference))", in: row(),
            style: context.style(.text))
        if let first = tally.firstDifference {
            buffer.put(
                "first other letter at \(Format.grouped(first.position)): \(Self.quoted(first.bytes)), dense"
                    + " \(Self.quoted(first.naiveBytes))",
                in: row(), style: context.style(.warn))
        }
        if let record = frame.record {
            let keys = record.reported.map(Format.grouped).joined(separator: " ")
            buffer.put("keys reported a head: \(keys)", in: row(), style: context.style(.muted))
        }
        y += 1
        layers(frame, from: y, in: rect, into: &buffer, context)
    }

    /// Of every layer the share of its time that is attention to the whole context.
    private func layers(
        _ frame: TextFrame, from y: Int, in rect: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        guard y + 1 < rect.bottom, !frame.layers.isEmpty else { return }
        buffer.put(
            "attention's share of a layer: HSR, naive",
            in: Rect(x: rect.x, y: y, width: rect.width, height: 1), style: context.style(.muted))
        for (l, layer) in frame.layers.enumerated() where y + 1 + l < rect.bottom {
            let line = Rect(x: rect.x, y: y + 1 + l, width: rect.width, height: 1)
            let rest = layer.seconds - layer.hsrSeconds
            let (hsr, naive) = (
                layer.seconds > 0 ? layer.hsrSeconds / layer.seconds : 0,
                rest + layer.naiveSeconds > 0 ? layer.naiveSeconds / (rest + layer.naiveSeconds) : 0
            )
            let words = layer.naiveSeconds > 0 ? "\(Format.percent(hsr)), \(Format.percent(naive))" : "a window"
            buffer.put("layer \(l)", in: line, style: context.style(.text))
            buffer.put(words, in: line, align: .trailing, style: context.style(.text))
            buffer.bar(hsr, in: line.inset(left: 9, right: 14), style: context.style(.hsr), glyphs: context.glyphs)
        }
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        "\u{201C}" + Glyph.visible(String(decoding: bytes, as: UTF8.self)) + "\u{201D}"
    }

    /// Tokens a second over the newest letters: whole tokens.
    struct Rates {
        let hsr, naive: Double
        let count: Int

        init?(_ snapshot: Snapshot) {
            let records = snapshot.history.suffix(64).compactMap(\.text)
            guard let hsr = StepWindow.median(records.map(\.seconds)),
                let naive = StepWindow.median(records.map(\.secondsWithNaive)), hsr > 0, naive > 0
            else { return nil }
            (self.hsr, self.naive, count) = (1 / hsr, 1 / naive, records.count)
        }
    }
}

extension Glyph {
    /// A text without what moves the cursor.
    static func visible(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "·" : $0 }))
    }
}

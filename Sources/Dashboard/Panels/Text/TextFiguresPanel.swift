import Measurement
import Model
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
        let facts = facts(frame, width: rect.width)
        // Where all layers do not fit, those alone whose heads attend to the whole context.
        let global = frame.layers.indices.filter { frame.layers[$0].naiveSeconds > 0 }
        let spare = rect.height - 2 - facts.count
        let isLarge = (frame.record?.reported.count ?? 0) > Self.mostHeads
        let layers = isLarge ? [] : frame.layers.count + 2 <= spare ? Array(frame.layers.indices) : global
        let gap = layers.count + 3 <= spare ? 1 : 0

        var y = rect.y
        func row() -> Rect {
            defer { y += 1 }
            return Rect(x: rect.x, y: y, width: rect.width, height: y < rect.bottom ? 1 : 0)
        }
        if let rates = Rates(context.snapshot) { bars(rates, in: row(), row(), into: &buffer, context) }
        y += gap
        for fact in facts {
            let line = row()
            let (label, value) = fact.fitting(rect.width)
            buffer.put(label, in: line.inset(right: value.count + 1), style: context.style(.muted))
            buffer.put(value, in: line, align: .trailing, style: context.style(fact.role, .bold))
        }
        y += gap
        guard !layers.isEmpty, y + 1 < rect.bottom else { return }
        let label = rect.width < 40 ? "attention's share" : "attention's share of a layer"
        let line = row()
        buffer.put(label, in: line, style: context.style(.muted))
        buffer.put("HSR, naive", in: line, align: .trailing, style: context.style(.muted))
        for layer in layers where y < rect.bottom {
            share(of: frame.layers[layer], named: "layer \(layer)", in: row(), into: &buffer, context)
        }
    }

    private func bars(
        _ rates: Rates, in first: Rect, _ second: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let fastest = max(rates.hsr, rates.naive)
        let series: [(String, Theme.Series, Double, Rect)] = [
            ("HSR", .hsr, rates.hsr, first), ("naive", .naive, rates.naive, second),
        ]
        for (name, series, rate, line) in series {
            buffer.put(name, in: line, style: context.style(series, .bold))
            buffer.put(Text.short(rate), in: line, align: .trailing, style: context.style(.text, .bold))
            buffer.bar(
                rate / fastest, in: line.inset(left: 6, right: 8), style: context.style(series), glyphs: context.glyphs)
        }
    }

    private struct Fact {
        var label: String
        var value: String
        var role = Theme.Role.text
        /// What is said where both do not fit.
        var short: (label: String, value: String)?

        /// What fits a width; the value in any case.
        func fitting(_ width: Int) -> (label: String, value: String) {
            if let short, label.count + 1 + value.count > width { return short }
            return (label, value)
        }
    }

    private func facts(_ frame: TextFrame, width: Int) -> [Fact] {
        let tally = frame.tally
        let isEvery = frame.denseEvery == 1 || frame.decode != nil
        let sameText = isEvery ? "same text" : "same text, 1 of \(frame.denseEvery)"
        var facts = [
            Fact(
                label: sameText,
                value: "\(Format.grouped(tally.same)) of \(Format.grouped(tally.written)) \(frame.unit)s",
                role: tally.same == tally.written ? .text : .warn,
                short: (sameText, "\(Format.grouped(tally.same)) of \(Format.grouped(tally.written))")),
            Fact(label: "largest logit difference", value: Text.error(tally.largestDifference)),
        ]
        if let first = tally.firstDifference {
            facts.append(
                Fact(
                    label: "first other, at \(Format.grouped(first.position))",
                    value: "\(Self.quoted(first.bytes)) dense \(Self.quoted(first.naiveBytes))", role: .warn,
                    short: (
                        "other at \(Format.grouped(first.position))",
                        "\(Self.quoted(first.bytes)), \(Self.quoted(first.naiveBytes))"
                    )))
        }
        if let decode = frame.decode {
            let what = decode == 1 ? "first, HSR alone" : "second, dense"
            facts.insert(Fact(label: "two decodes", value: what, role: .accent), at: 0)
        }
        guard let record = frame.record else { return facts }
        if record.reported.count > Self.mostHeads { return facts + manyHeads(record, frame) }
        // Eight heads of five figures each do not fit a narrow panel.
        let counts = record.reported.map(Format.grouped)
        let label = "keys a head"
        let whole = counts.joined(separator: " ")
        if label.count + 1 + whole.count <= width {
            facts.append(Fact(label: label, value: whole))
        } else {
            let half = (counts.count + 1) / 2
            facts.append(Fact(label: label, value: counts.prefix(half).joined(separator: " ")))
            facts.append(Fact(label: "", value: counts.dropFirst(half).joined(separator: " ")))
        }
        return facts
    }

    /// More heads than this are told together.
    private static let mostHeads = 16

    /// Medians and extremes of many heads.
    private func manyHeads(_ record: TextRecord, _ frame: TextFrame) -> [Fact] {
        func range(_ values: [Double], _ format: (Double) -> String) -> String {
            guard let middle = Samples(values).middle, let most = values.max() else { return "" }
            return "\(format(middle)), most \(format(most))"
        }
        var facts = [
            Fact(
                label: "keys a head",
                value: range(record.reported.map(Double.init)) { Format.grouped(Int(held: $0)) })
        ]
        facts.append(
            Fact(
                label: "kept dense by the planner",
                value: "\(frame.denseHeads.count(where: \.self)) of \(frame.denseHeads.count) heads",
                short: ("kept dense", "\(frame.denseHeads.count(where: \.self)) of \(frame.denseHeads.count)")))
        guard let compared = frame.compared else { return facts }
        let shares = compared.shares.map(Double.init).filter(\.isFinite)
        if let least = shares.min(), let middle = Samples(shares).middle {
            facts.append(
                Fact(label: "share kept", value: "\(Format.percent(middle)), least \(Format.percent(least))"))
        }
        let (ours, dense) = (record.hsrSeconds / record.seconds, compared.naiveSeconds / compared.secondsWithNaive)
        if ours.isFinite, dense.isFinite {
            facts.append(
                Fact(
                    label: "attention's share", value: "\(Format.percent(ours)), dense \(Format.percent(dense))",
                    short: ("attention", "\(Format.percent(ours)), dense \(Format.percent(dense))")))
        }
        let errors = compared.errors.map(Double.init).filter(\.isFinite)
        if !errors.isEmpty { facts.append(Fact(label: "error a head", value: range(errors, Text.error))) }
        return facts
    }

    /// The share of a layer's time that is attention to the whole context.
    private func share(
        of layer: LayerTime, named name: String, in line: Rect, into buffer: inout Buffer, _ context: RenderContext
    ) {
        let rest = layer.seconds - layer.hsrSeconds
        let (hsr, naive) = (
            layer.seconds > 0 ? layer.hsrSeconds / layer.seconds : 0,
            rest + layer.naiveSeconds > 0 ? layer.naiveSeconds / (rest + layer.naiveSeconds) : 0
        )
        let words = layer.naiveSeconds > 0 ? "\(Format.percent(hsr)), \(Format.percent(naive))" : "a window"
        buffer.put(name, in: line, style: context.style(.text))
        buffer.put(words, in: line, align: .trailing, style: context.style(.text))
        buffer.bar(hsr, in: line.inset(left: 9, right: 14), style: context.style(.hsr), glyphs: context.glyphs)
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
            let compared = records.filter(\.isCompared)
            guard let hsr = Samples(records.map(\.seconds)).middle,
                let naive = Samples(compared.map(\.secondsWithNaive)).middle, hsr > 0, naive > 0
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

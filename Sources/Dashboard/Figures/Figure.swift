import Screen
import Simulation

/// A number that a panel shows: what the caption of a demo can rest on.
struct Figure: Sendable {
    /// Its name in a demo.
    let name: String
    /// What stands beside it on the screen, which is looked for when a demo is checked.
    let label: @Sendable (Snapshot) -> String
    /// As the panel reckons it; nil where it has none.
    let value: @Sendable (Snapshot) -> Double?
    /// As the panel writes it; nil where it stands in large digits, of which the label alone is looked for.
    let text: (@Sendable (Double) -> String)?
    /// As the caption band writes it.
    let short: @Sendable (Double) -> String
    /// Whether it comes of a clock, so that it differs between machines and from run to run.
    private(set) var isTimed = false
    /// Of the bare value, where it is copied: `s`, `keys`; empty of a ratio or a share.
    var unit = ""

    init(
        _ name: String, label: String, unit: String = "", value: @escaping @Sendable (Snapshot) -> Double?,
        text: @escaping @Sendable (Double) -> String
    ) {
        self.init(name, label: { _ in label }, value: value, text: text, short: text)
        self.unit = unit
    }

    init(
        _ name: String, label: @escaping @Sendable (Snapshot) -> String,
        value: @escaping @Sendable (Snapshot) -> Double?, text: (@Sendable (Double) -> String)?,
        short: @escaping @Sendable (Double) -> String
    ) {
        (self.name, self.label, self.value, self.text, self.short) = (name, label, value, text, short)
    }

    /// The same, of a clock.
    var timed: Figure {
        var figure = self
        figure.isTimed = true
        return figure
    }

    /// A whole number, grouped.
    static func count(
        _ name: String, label: String, unit: String = "keys", _ value: @escaping @Sendable (Snapshot) -> Double?
    ) -> Figure {
        Figure(name, label: label, unit: unit, value: value) { Format.grouped(Int(held: $0.rounded())) }
    }
}

extension ViewKind {
    /// The figures that a caption over this view can name: its panels', in their order, then the header's.
    var figures: [Figure] { panels.flatMap(\.figures) + Header.figures }

    /// The figure of a name, and the panel that shows it; nil of the panel is the header.
    func figure(_ name: String) -> (figure: Figure, panel: Int?)? {
        for (panel, shown) in panels.enumerated() {
            if let figure = shown.figures.first(where: { $0.name == name }) { return (figure, panel) }
        }
        return Header.figures.first { $0.name == name }.map { ($0, nil) }
    }
}

import Attention
import Foundation
import Screen
import Simulation

/// The figures of the present view as plain text: what runs, then a line for each figure, its name, its value and its unit
/// between tabs.
struct CopiedFigures {
    let text: String
    /// Lines of figures, and the view that they are of.
    let count: Int
    private let title: String

    init(_ state: DashboardState) {
        let snapshot = state.shown
        let context = RenderContext(state, cache: RenderCache())
        var lines: [(name: String, value: Double, unit: String)] = []
        if let record = context.record {
            lines.append(("step", Double(record.step), ""))
            lines.append(("b", record.threshold, ""))
        }
        for figure in Header.figures + state.view.panels.flatMap(\.figures)
        where !lines.contains(where: { $0.name == figure.name }) {
            guard let value = figure.value(snapshot) else { continue }
            lines.append((figure.name, value, figure.unit))
        }
        let settings = snapshot.settings
        let what = [
            settings.workload.rawValue, Text.name(of: settings.activation),
            settings.activation.ruleName(settings.threshold), "index " + settings.index.name, "seed \(settings.seed)",
        ]
        title = state.view.title
        count = lines.count
        text =
            "# Halfspace, \(title): \(what.joined(separator: ", "))\n"
            + lines.map { "\($0.name)\t\(Self.number($0.value))\t\($0.unit)\n" }.joined()
    }

    /// Six digits; a whole number has no point.
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? String(format: "%.6g", value)
    }

    /// What went to the clipboard.
    func sentence(bytes: Int) -> String {
        let all = text.utf8.count
        let whole =
            bytes < all ? "the first \(Format.grouped(bytes)) of \(Format.grouped(all)) bytes" : "\(bytes) bytes"
        return "copied \(count) figures of \(title), \(whole)"
    }
}

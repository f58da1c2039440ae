import Screen
import Simulation

// Figures of the views that look at single steps: Geometry, Accuracy, Index.

extension OneQueryPanel {
    var figures: [Figure] {
        func count(_ name: String, _ label: String, _ fates: [GeometryFrame.Fate]) -> Figure {
            .count(name, label: label) { snapshot in
                snapshot.geometry.map { frame in fates.reduce(0) { $0 + Double(frame.totals[$1.rawValue]) } }
            }
        }
        return [
            count("half_space", "half-space", [.reported, .whole]), count("pruned", "pruned", [.pruned]),
            count("tested", "tested", [.tested]),
            .count("missed", label: "missed") { snapshot in
                (0..<snapshot.history.count).last { snapshot.history[$0].missed != nil }
                    .flatMap { snapshot.history[$0].missed }.map(Double.init)
            },
        ]
    }
}

extension ExactnessPanel {
    var figures: [Figure] {
        func error(_ name: String, _ label: String, _ value: @escaping @Sendable (StepRecord) -> Double?) -> Figure {
            Figure(
                name, label: label, value: { $0.recentSteps(Self.window).compactMap(value).max() }, text: Text.error)
        }
        return [
            .count("missed", label: "missed, extra") { snapshot in
                let checked = snapshot.recentSteps(Self.window).filter { $0.missed != nil }
                return checked.isEmpty ? nil : checked.reduce(0) { $0 + Double(($1.missed ?? 0) + ($1.extra ?? 0)) }
            },
            error("error", "largest error") { $0.maxAbsError },
            error("relative_error", "relative, largest") { $0.relativeError },
        ]
    }
}

extension TiltPanel {
    var figures: [Figure] {
        [
            Figure(
                "spread", label: "spread", value: { $0.accuracy?.newest.spread.deviation },
                text: { Format.fixed($0, 2) })
        ]
    }
}

extension LevelsPanel {
    var figures: [Figure] {
        [
            .count("scored", label: "scored") { $0.levels.map { Double($0.work.candidates) } },
            .count("reported", label: "reported") { $0.levels.map { Double($0.reported) } },
        ]
    }
}

extension PartsPanel {
    var figures: [Figure] {
        func part(
            _ number: Int, _ name: String, _ label: String,
            _ value: @escaping @Sendable (PartsFrame.Part, Double) -> Double?,
            _ text: @escaping @Sendable (Double) -> String, unit: String = "s"
        ) -> Figure {
            Figure(
                "part\(number)_\(name)", label: label, unit: unit,
                value: { snapshot in
                    guard let frame = snapshot.parts, frame.parts.count >= number,
                        frame.parts[number - 1].refusal == nil
                    else { return nil }
                    return value(frame.parts[number - 1], Double(max(1, frame.n)))
                }, text: text)
        }
        let each = [1, 2].flatMap { number in
            [
                part(number, "init", "init", { part, _ in part.initSeconds }, Text.duration).timed,
                part(number, "query", "query", { part, _ in part.query.median }, Text.duration).timed,
                part(
                    number, "bytes", "bytes a key", { part, n in Double(part.bytes) / n }, { Format.significant($0) },
                    unit: "bytes"),
                part(
                    number, "pays", "pays after", { part, _ in part.breakEven ?? .infinity },
                    { $0.isFinite ? Format.compact($0.rounded(.up)) + " steps" : "never" }, unit: "steps"
                ).timed,
            ]
        }
        return each + [
            Figure(
                "overtaking", label: "2 beats 1", unit: "steps",
                value: { snapshot in
                    guard let frame = snapshot.parts, frame.parts.count == 2,
                        frame.parts.allSatisfy({ $0.refusal == nil })
                    else { return nil }
                    return frame.overtaking ?? .infinity
                },
                text: { $0.isFinite ? "after " + Format.compact($0.rounded(.up)) + " steps" : "never here" }
            ).timed,
            Figure(
                "naive_query", label: "naive", unit: "s",
                value: { $0.parts.flatMap { $0.naive.median > 0 ? $0.naive.median : nil } },
                text: Text.duration
            ).timed,
        ]
    }
}

extension IndexCostPanel {
    var figures: [Figure] {
        [
            Figure(
                "init", label: "init", unit: "s", value: { $0.statistics?.initSeconds },
                text: Text.duration
            ).timed,
            Figure(
                "bytes_a_key", label: "memory", unit: "bytes",
                value: { $0.statistics.map { Double($0.bytes) / Double(max(1, $0.count)) } },
                text: { Format.significant($0) + " B a key" }),
        ]
    }
}

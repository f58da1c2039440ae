import Evaluation
import Measurement
import Simulation

extension SavedTable {
    static func steps(_ snapshot: Snapshot) -> SavedTable {
        let records = snapshot.history.suffix(snapshot.history.count)
        let rows = records.map { $0.fields(settings: snapshot.settings, dimension: snapshot.d) }
        let columns = (rows.last ?? StepRecord().fields(settings: snapshot.settings, dimension: snapshot.d))
            .map(\.name)
        // Letters of a language model have other fields than steps of what ran before it.
        return SavedTable(
            columns: columns, rows: rows.filter { $0.map(\.name) == columns }.map { $0.map(\.value) })
    }

    static func entries(_ snapshot: Snapshot) -> SavedTable {
        // As many rows as a screen holds; a thousand entries each are a file that opens.
        let rows = snapshot.heat.suffix(240)
        return SavedTable(
            columns: ["step", "n", "position", "weight"],
            rows: rows.flatMap { row in
                zip(row.positions, row.weights).map { position, weight in
                    [.int(row.step), .int(row.n), .int(Int(position)), .number(Double(weight))]
                }
            })
    }

    static func sweep(_ snapshot: Snapshot) -> SavedTable {
        SavedTable(
            columns: [
                "d", "activation", "index", "n", "hsr_us", "hsr_low_us", "hsr_high_us", "naive_us", "reported",
                "candidates", "init_us", "under_load",
            ],
            rows: snapshot.sweep.curves.flatMap { curve in
                curve.points.map { point in
                    [
                        .int(curve.d), .text(Text.name(of: curve.settings.activation)), .text(point.index.rawValue),
                        .int(point.n), .number(point.hsr.median * 1e6), .number(point.hsr.low * 1e6),
                        .number(point.hsr.high * 1e6), .number(point.naive.median * 1e6), .int(point.reported),
                        .int(point.candidates), .number(point.initSeconds * 1e6), .int(point.underLoad ? 1 : 0),
                    ]
                }
            })
    }

    static func bins(_ snapshot: Snapshot) -> SavedTable {
        let columns = ["across", "up", "pruned", "tested", "reported", "whole"]
        guard let frame = snapshot.geometry else { return SavedTable(columns: columns, rows: []) }
        var rows: [[TableCell]] = []
        for bin in 0..<frame.rows * frame.columns {
            let counts = frame.counts.map { Int($0[bin]) }
            guard counts.contains(where: { $0 > 0 }) else { continue }
            let across = (Double(bin % frame.columns) + 0.5 - Double(frame.columns) / 2) * frame.unit + frame.middle.x
            let up = (Double(bin / frame.columns) + 0.5 - Double(frame.rows) / 2) * frame.unit + frame.middle.y
            rows.append([.number(across), .number(up)] + counts.map { .int($0) })
        }
        return SavedTable(columns: columns, rows: rows)
    }

    static func errors(_ snapshot: Snapshot) -> SavedTable {
        SavedTable(
            columns: ["kept", "error", "error_low", "error_high", "mass_bound", "certificate", "paper_bound"],
            rows: (snapshot.accuracy.map { ErrorCurves($0).points } ?? []).map { point in
                [
                    TableCell(point.kept), TableCell(point.actual), TableCell(point.low), TableCell(point.high),
                    TableCell(point.massBound), TableCell(point.certificate), TableCell(point.paper),
                ]
            })
    }

    static func levels(_ snapshot: Snapshot) -> SavedTable {
        let columns = [
            "step", "index", "level", "nodes", "visited", "pruned", "whole", "tested", "keys", "reported", "bytes_read",
        ]
        guard let frame = snapshot.levels else { return SavedTable(columns: columns, rows: []) }
        return SavedTable(
            columns: columns,
            rows: frame.levels.enumerated().map { number, level in
                [
                    .int(frame.step), .text(frame.kind.rawValue), .int(number), .int(level.nodes),
                    .int(level.visited), .int(level.pruned), .int(level.whole), .int(level.tested),
                    .int(frame.keys), .int(frame.reported), .int(frame.work.bytesRead),
                ]
            })
    }

    static func heads(_ snapshot: Snapshot) -> SavedTable {
        guard snapshot.settings.workload != .model, snapshot.settings.request.shape == nil else {
            return modelHeads(snapshot)
        }
        let rows = snapshot.settings.workload == .trace ? snapshot.survey?.ordered ?? [] : []
        return SavedTable(
            columns: HeadFigures.columns, rows: rows.map(\.cells))
    }

    private static func modelHeads(_ snapshot: Snapshot) -> SavedTable {
        let known = HeadGrid.modelFigures(snapshot)
        let names = snapshot.settings.request.shape == nil ? ["reported", "left", "error"] : ["share", "faster"]
        var number = 0
        var rows: [[TableCell]] = []
        for layer in snapshot.layers {
            for head in 0..<layer.heads {
                let figures = names.map { name in
                    let values = known.first { $0.name == name }?.values ?? []
                    return TableCell(values.indices.contains(number) ? values[number] : nil)
                }
                rows.append([.int(layer.number), .int(head)] + figures)
                number += 1
            }
        }
        return SavedTable(columns: ["layer", "head"] + names, rows: rows)
    }

    static func policies(_ snapshot: Snapshot) -> SavedTable {
        let columns = [
            "step", "n", "budget_bytes", "rank", "policy", "rows", "recall", "mass", "error", "bytes", "key_bytes",
            "value_bytes", "metadata_bytes", "median_recall", "median_mass", "median_error", "looks", "evicted",
            "oracle_rows", "needs_bytes", "reads_needle", "parameters",
        ]
        guard let frame = snapshot.policies else { return SavedTable(columns: columns, rows: []) }
        return SavedTable(
            columns: columns,
            rows: frame.ranked.enumerated().map { rank, row in
                let (now, median) = (row.outcome, row.median)
                let parameters = row.parameters.map { "\($0.name) \($0.value)" }.joined(separator: "; ")
                return [
                    .int(frame.step), .int(frame.n), .int(frame.budget), .int(rank + 1), .text(row.kind.name),
                    .number(now.rows), .number(now.recall), .number(now.mass), .number(now.error),
                    .int(now.bytes.total), .int(now.bytes.keys), .int(now.bytes.values), .int(now.bytes.metadata),
                    .number(median.recall), .number(median.mass), .number(median.error), .int(frame.looks),
                    .int(now.evicted), .int(frame.oracleRows), TableCell(now.least),
                    row.readsNeedle.map { .int($0 ? 1 : 0) } ?? .none, .text(parameters),
                ]
            })
    }

    static func matrix(_ snapshot: Snapshot) -> SavedTable {
        let columns = ["queries_from", "keys_from", "share_reported"]
        guard let frame = snapshot.prefill, frame.rows > 0, frame.columns > 0 else {
            return SavedTable(columns: columns, rows: [])
        }
        return SavedTable(
            columns: columns,
            rows: frame.shares.enumerated().compactMap { place, share in
                share < 0
                    ? nil
                    : [
                        .int(place / frame.columns * frame.queries / frame.rows),
                        .int(place % frame.columns * frame.keys / frame.columns), .number(Double(share)),
                    ]
            })
    }
}

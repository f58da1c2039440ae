import Attention
import Foundation
import HalfSpace
import Screen
import Simulation

@testable import Dashboard

/// Fixed values to draw: a document of topics, invented figures, no engine.
enum Fixture {
    static let theme: Theme = {
        let (themes, errors) = ThemeLibrary.standard.all()
        precondition(errors.isEmpty && !themes.isEmpty, "\(errors)")
        return themes[0]
    }()

    static func state(_ width: Int = 80, _ height: Int = 24, _ snapshot: Snapshot = standard) -> DashboardState {
        var state = DashboardState(themes: [theme])
        state.width = width
        state.height = height
        _ = update(&state, .received(snapshot))
        return state
    }

    static let standard = snapshot()

    static func picture(_ state: DashboardState) -> Buffer { Renderer().render(state) }

    /// What stands in the first row of a rectangle.
    static func text(in rect: Rect, of picture: Buffer) -> String {
        (rect.x..<rect.right).map { picture[$0, rect.y].glyph.text }.joined()
    }

    /// One panel alone, without its frame.
    static func picture(of panel: any Panel, _ width: Int, _ height: Int, _ snapshot: Snapshot = standard) -> Buffer {
        let state = Self.state(width, height, snapshot)
        var buffer = Buffer(width: width, height: height)
        panel.render(
            into: &buffer, rect: buffer.bounds, context: RenderContext(state, cache: RenderCache()))
        return buffer
    }

    static func snapshot(steps: Int = 300, n: Int = 65_536) -> Snapshot {
        var random = Random(state: 7)
        var snapshot = Snapshot()
        snapshot.n = n + steps
        snapshot.d = 4
        snapshot.valueDimension = 4
        snapshot.promptLength = n
        snapshot.phase = .running
        snapshot.step = steps
        snapshot.stepsPerSecond = 20
        var statistics = IndexStatistics(
            kind: .tree, reason: "tree 19, quantised 65, dense 103 µs a step predicted", count: n, bytes: n * 40)
        statistics.initSeconds = 0.042
        statistics.expectedMicroseconds = 19
        snapshot.statistics = statistics
        let document = Document(n: n, random: &random)
        for step in 0..<steps {
            let row = document.row(step, n: n + step, random: &random)
            snapshot.heat.append(row)
            snapshot.history.append(record(step, n: n + step, reported: row.positions.count, random: &random))
        }
        snapshot.generation = UInt64(steps) + 1
        return snapshot
    }

    private static func record(_ step: Int, n: Int, reported: Int, random: inout Random) -> StepRecord {
        var record = StepRecord()
        record.step = step
        record.n = n
        record.threshold = 3.02
        record.scores = ScoreSpread(mean: 0.1, deviation: 1.4)
        record.reported = reported
        record.work.visited = 1564
        record.work.pruned = 1034
        record.work.whole = 212
        record.work.candidates = n / 10 + Int(random.next() * 400)
        record.hsrSeconds = (3.0 + random.next() * random.next() * 2) * 1e-6
        record.naiveSeconds = (43 + random.next() * 6) * 1e-6
        record.ruleSeconds = 3e-7
        record.maxAbsError = 3e-7 * random.next()
        record.relativeError = 1e-7
        record.missed = step % 8 == 0 ? 0 : nil
        record.extra = record.missed
        record.index = .tree
        if step == 240 { record.mark = .parameter("d 4") }
        return record
    }

    /// Topics in runs of positions.
    struct Document {
        var runs: [(range: Range<Int>, topic: Int)] = []

        init(n: Int, random: inout Random) {
            var start = 0
            while start < n {
                let length = min(n - start, n / 72 + Int(random.next() * Double(n) / 15))
                runs.append((start..<start + length, Int(random.next() * 14)))
                start += length
            }
        }

        func row(_ step: Int, n: Int, random: inout Random) -> HeatRow {
            var entries: [(UInt32, Float)] = []
            let topic = step / 26 * 5 % 14
            let fading = (step / 26 * 5 + 9) % 14
            for run in runs {
                let heat = run.topic == topic ? 0.09 : run.topic == fading ? 0.02 : 0.0004
                for position in stride(from: run.range.lowerBound, to: run.range.upperBound, by: max(1, n / 16_384))
                where random.next() < heat {
                    entries.append((UInt32(position), Float(random.next() * (run.topic == topic ? 1 : 0.3))))
                }
            }
            for sink in 0..<min(64, n) where random.next() < 0.5 { entries.append((UInt32(sink), 0.5)) }
            var weights: [UInt32: Float] = [:]
            for (position, weight) in entries { weights[position] = weight }
            let positions = weights.keys.sorted()
            let total = positions.reduce(Float(0)) { $0 + (weights[$1] ?? 0) }
            return HeatRow(
                step: step, n: n, positions: positions, weights: positions.map { (weights[$0] ?? 0) / max(total, 1e-9) }
            )
        }
    }

    /// A small generator (Lehmer), the same on every machine.
    struct Random {
        var state: UInt64
        mutating func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
    }
}

import Attention
import Foundation
import HalfSpace
import Testing

@testable import Simulation

@Suite struct ObservationTests {
    private func session(d: Int, n: Int = 400) throws -> DecodeSession {
        var settings = Settings()
        settings.workload = .gaussian
        (settings.n, settings.d, settings.index) = (n, d, .fixed(.tree))
        let session = try DecodeSession(settings: settings)
        for _ in 0..<3 { _ = try session.decode() }
        return session
    }

    private func observation(_ session: DecodeSession) -> Observation {
        Observation(
            details: [.geometry, .accuracy], step: 2, query: session.recentQueries[2],
            trail: session.recentQueries.dropLast(), threshold: session.threshold, store: session.store,
            rows: session.promptLength, statistics: session.promptStatistics, valueNorm: session.promptValueNorm)
    }

    @Test(arguments: [1, 2, 3, 8, 17]) func thePlaneIsOrthonormal(d: Int) throws {
        let session = try session(d: d)
        let first = Projection(query: session.recentQueries[0], keys: session.promptStatistics, before: nil)
        let plane = Projection(
            query: session.recentQueries[1], keys: session.promptStatistics, before: first, turn: 0.02)
        if d == 3 { #expect(Projection.dot(plane.up, first.up) > -0.1, "it turns slowly and never flips") }
        #expect(abs(Projection.norm(plane.across) - 1) < 1e-9)
        if d > 1 {
            #expect(abs(Projection.norm(plane.up) - 1) < 1e-9)
            #expect(abs(Projection.dot(plane.up, plane.across)) < 1e-9)
        }
    }

    @Test(arguments: [1, 2, 3, 8]) func everyKeyHasItsPlaceAndTheLineParts(d: Int) throws {
        let session = try session(d: d)
        let (frame, _) = observation(session).geometry(after: nil)
        #expect(frame.totals.reduce(0, +) == 400)
        #expect(frame.counts.joined().reduce(0) { $0 + Int($1) } + frame.outside == 400)
        #expect(frame.outside <= 4)
        let members = Membership.positions(
            of: try Query(session.recentQueries[2], threshold: session.threshold), in: session.store
        ).filter { $0 < 400 }
        #expect(abs(frame.totals[GeometryFrame.Fate.reported.rawValue] - members.count) <= 1)
        // Reported bins lie right of the line, up to a bin's width.
        for bin in frame.counts[GeometryFrame.Fate.reported.rawValue].indices
        where frame.counts[GeometryFrame.Fate.reported.rawValue][bin] > 0 {
            let x = frame.middle.x + (Double(bin % frame.columns) + 1 - Double(frame.columns) / 2) * frame.unit
            #expect(x >= frame.line - frame.unit)
        }
        #expect(frame.trail.count == 2)
    }

    @Test(arguments: [2, 4]) func theIndexTellsTheFates(d: Int) throws {
        let session = try session(d: d, n: 3000)
        var look = observation(session)
        let query = try Query(look.query, threshold: look.threshold)
        look.fates = session.index.fates(of: query)
        look.cells = session.planeCells
        let (frame, _) = look.geometry(after: nil)
        let members = Membership.positions(of: query, in: session.store).filter { $0 < 3000 }
        #expect(frame.knowsFates)
        #expect(
            frame.totals[GeometryFrame.Fate.reported.rawValue] + frame.totals[GeometryFrame.Fate.whole.rawValue]
                == members.count)
        #expect(frame.totals[GeometryFrame.Fate.pruned.rawValue] > 1000)
        guard d == 2 else {
            #expect(frame.cells.isEmpty)
            return
        }
        // Cells end where the line does not cross them, but for the smallest.
        #expect(Set(frame.cells.map(\.fate)).isSuperset(of: [.pruned, .crossing]))
        for cell in frame.cells {
            let across = cell.corners.map(\.x)
            let (low, high) = (across.min() ?? 0, across.max() ?? 0)
            switch cell.fate {
            case .pruned: #expect(high < frame.line)
            case .whole: #expect(low >= frame.line)
            case .crossing: #expect(low < frame.line && high >= frame.line)
            }
        }
    }

    @Test func thePictureStandsStillWhileQueriesTurn() throws {
        let session = try session(d: 3)
        let frames = session.recentQueries.map { query in
            var look = observation(session)
            look.query = query
            return look.geometry(after: nil).frame
        }
        #expect(Set(frames.map(\.unit)).count == 1)
    }

    @Test func keptCountsRiseToAll() {
        for n in [1, 2, 7, 100, 65_536] {
            let counts = AccuracyFrame.keptCounts(of: n)
            #expect(counts == counts.sorted() && Set(counts).count == counts.count && counts.last == n)
        }
    }

    @Test func theEngineLooksOnlyWhereAViewWants() throws {
        var settings = Settings()
        settings.workload = .gaussian
        settings.n = 300
        let engine = Engine(settings: settings)
        engine.send(.pace(.stepsPerSecond(100)))
        let quiet = try #require(wait(engine) { $0.step > 20 })
        #expect(quiet.geometry == nil, "nobody looks")
        #expect(quiet.accuracy == nil)
        engine.send(.watch([.geometry, .accuracy]))
        let seen = try #require(wait(engine) { $0.geometry != nil && ($0.accuracy?.recent.count ?? 0) >= 2 })
        #expect(seen.accuracy?.newest.points.last?.kept == 300)
        #expect(seen.accuracy?.newest.points.last?.maxError ?? 1 < 1e-12)
    }

    private func wait(_ engine: Engine, until holds: (Snapshot) -> Bool) -> Snapshot? {
        for _ in 0..<3000 {
            let snapshot = engine.snapshot
            if holds(snapshot) { return snapshot }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return nil
    }

    @Test func geometryKnowsTheFatesAndTheCells() throws {
        var settings = Settings()
        settings.workload = .gaussian
        (settings.n, settings.d, settings.index) = (3000, 2, .fixed(.tree))
        let engine = Engine(settings: settings)
        engine.send(.watch([.geometry, .levels, .order]))
        let seen = try #require(wait(engine) { $0.geometry != nil && $0.levels != nil && $0.order != nil })
        let geometry = try #require(seen.geometry)
        #expect(geometry.knowsFates && geometry.totals.reduce(0, +) == 3000)
        #expect(geometry.totals[GeometryFrame.Fate.pruned.rawValue] > 0)
        #expect(!geometry.cells.isEmpty)
        let levels = try #require(seen.levels).levels
        #expect(levels.count > 1 && levels[0].nodes <= levels[levels.count - 1].nodes)
        let ranks = try #require(seen.order).ranks
        #expect(Set(ranks).count == ranks.count && ranks.count >= 3000)
    }

    /// The look at the order has its turn only every two seconds, when the stream may long stand.
    @Test func theOrderOfOtherKeysComesWhereTheStreamStands() throws {
        var settings = Settings()
        settings.workload = .gaussian
        (settings.n, settings.d, settings.index) = (3000, 2, .fixed(.tree))
        let engine = Engine(settings: settings)
        engine.send(.watch(.order))
        _ = try #require(wait(engine) { $0.order != nil })
        engine.send(.pause(true))
        settings.n = 2000
        engine.send(.set(settings))
        _ = try #require(wait(engine) { $0.n == 2000 })
        engine.send(.step(1))
        let seen = try #require(wait(engine) { ($0.order?.ranks.count).map { (2000..<2100).contains($0) } == true })
        #expect(seen.isPaused && seen.step > 0)
    }

    @Test(arguments: [PrefillMask.causal, .full]) func aPrefillRunsBesideTheStream(mask: PrefillMask) throws {
        var settings = Settings()
        settings.workload = .gaussian
        (settings.n, settings.d) = (600, 4)
        let engine = Engine(settings: settings)
        engine.send(.prefill(mask))
        let seen = try #require(wait(engine) { $0.prefill?.phase == .done })
        let prefill = try #require(seen.prefill)
        #expect(prefill.done == 600 && prefill.queries == 600 && prefill.isCausal == (mask == .causal))
        #expect(try #require(prefill.maxAbsError) < 1e-4)
        #expect(prefill.naiveSeconds != nil && !prefill.naiveIsEstimated)
        #expect(prefill.shares.contains { $0 > 0 } && prefill.shares.allSatisfy { $0 <= 1.0001 })
    }

    @Test func aPrefillCanBeCancelled() throws {
        var settings = Settings()
        settings.workload = .gaussian
        (settings.n, settings.d) = (200_000, 8)
        let engine = Engine(settings: settings)
        engine.send(.prefill(.full))
        _ = try #require(wait(engine) { $0.prefill != nil })
        engine.send(.prefill(nil))
        #expect(wait(engine) { $0.prefill?.phase == .cancelled } != nil)
    }
}

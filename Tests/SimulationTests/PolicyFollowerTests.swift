import Foundation
import HalfSpace
import Policies
import Synchronization
import Testing

@testable import Simulation

@Suite("Policies follow the stream step by step, on a thread of their own")
struct PolicyFollowerTests {
    private func session(n: Int = 300, d: Int = 4) throws -> DecodeSession {
        var settings = Settings()
        settings.workload = .massive
        (settings.n, settings.d, settings.index) = (n, d, .fixed(.tree))
        return try DecodeSession(settings: settings)
    }

    /// Decodes so many steps that the service sees.
    private func run(_ session: DecodeSession, _ service: PolicyService, steps: Int) throws {
        for _ in 0..<steps { service.note(session, reported: try session.decode().record.reported) }
    }

    /// Waits for a frame of which something holds.
    private func frame(of service: PolicyService, _ holds: (PoliciesFrame) -> Bool) -> PoliciesFrame? {
        for _ in 0..<1500 {
            if let frame = service.take(), holds(frame) { return frame }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return nil
    }

    @Test func whatIsShownIsWhatPoliciesReadOfTheSameSteps() throws {
        let session = try session()
        let service = PolicyService {}
        service.isWanted = true
        // It begins once it knows some queries, with the keys that are there then, and looks at that step.
        try run(session, service, steps: PoliciesFrame.queriesKnown)
        #expect(service.take() == nil)
        try run(session, service, steps: 1)
        let begun = session.store.count
        let known = session.recentQueries.dropLast().enumerated().map { i, query in
            PromptQuery(query, rows: begun - PoliciesFrame.queriesKnown + i)
        }
        _ = try #require(frame(of: service) { $0.looks == 1 })
        try run(session, service, steps: 5)
        let shown = try #require(frame(of: service) { $0.followed == 6 })
        #expect(shown.n == session.store.count && shown.step == 21 && shown.phase == .running)
        #expect(shown.asked == PoliciesFrame.queriesKnown)
        // Half-space reporting can be paid for: the budget is what it reads.
        #expect(shown.rows.first { $0.kind == .hsr }?.outcome.least == nil)
        #expect(shown.rows.map(\.kind) == PolicyKind.allCases)

        let store = KeyValueStore(dimension: 4, valueDimension: session.store.valueDimension, capacity: 400)
        for row in 0..<begun {
            try store.append(keys: Array(session.store.key(row)), values: Array(session.store.value(row)))
        }
        let replay = try PolicyRun(
            store: store, queries: known, budget: PolicyBudget(bytes: shown.budget), seed: session.settings.seed)
        // How many of the steps were looked at is the clock's affair; what a policy learns from a step does not depend on it.
        let asked = Array(session.recentQueries.suffix(6))
        _ = try replay.compare(asked[0])
        for (row, query) in zip(begun..<session.store.count - 1, asked.dropFirst()) {
            try replay.append(key: Array(session.store.key(row)), value: Array(session.store.value(row)))
            try replay.pass(query)
        }
        let newest = session.store.count - 1
        try replay.append(key: Array(session.store.key(newest)), value: Array(session.store.value(newest)))
        let last = try replay.compare(try #require(asked.last))
        for (row, outcome) in zip(shown.rows, last.outcomes) {
            #expect(row.outcome.rows == Double(outcome.rows.count), "\(row.kind)")
            #expect(row.outcome.error == outcome.error && row.outcome.recall == outcome.recall, "\(row.kind)")
            #expect(row.read.reduce(0, +) == UInt32(outcome.rows.count))
            #expect(row.gone.reduce(0, +) == UInt32(outcome.gone.count))
            #expect(Int(row.missed.reduce(0, +)) == Set(last.oracle).subtracting(outcome.rows).count)
        }
    }

    @Test func theyBeginAnewWithAnotherRuleAndStopWhenNobodyLooks() throws {
        let session = try session()
        let service = PolicyService {}
        service.isWanted = true
        try run(session, service, steps: 20)
        #expect(frame(of: service) { $0.looks > 0 } != nil)
        service.stop()
        #expect(service.take() == nil && !service.isBusy && service.takeForgotten())
        try run(session, service, steps: 4)
        #expect(frame(of: service) { $0.looks > 0 && $0.followed <= 4 } != nil)
        service.isWanted = false
        try run(session, service, steps: 2)
        #expect(service.take() == nil)
    }

    @Test func aSequenceThatStartsOverIsFollowedAnew() throws {
        let session = try session(n: 20)
        let service = PolicyService {}
        service.isWanted = true
        try run(session, service, steps: 18)
        session.restart()
        try run(session, service, steps: 19)
        let shown = try #require(frame(of: service) { $0.looks > 0 })
        #expect(shown.n <= 20 + 19 && shown.step < 19)
    }

    @Test func tooManyKeysAreRefusedWithWhatToDo() throws {
        let session = try session(n: PolicyFollower.mostRows, d: 1)
        let service = PolicyService {}
        service.isWanted = true
        try run(session, service, steps: 3)
        guard case .failed(let sentence) = service.take()?.phase else {
            Issue.record("nothing is said")
            return
        }
        #expect(sentence.contains("press n"))
    }
}

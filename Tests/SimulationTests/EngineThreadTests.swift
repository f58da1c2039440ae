import Synchronization
import Testing

@testable import Simulation

@Suite struct EngineThreadTests {
    @Test func everyThreadIsSurrounded() async throws {
        let calls = Mutex((first: 0, last: 0))
        EngineThreads.surround(
            first: { calls.withLock { $0.first += 1 } }, last: { calls.withLock { $0.last += 1 } })
        defer { EngineThreads.surround(first: {}, last: {}) }
        var settings = Settings()
        (settings.n, settings.d) = (200, 2)
        let engine = Engine(settings: settings)
        for _ in 0..<2000 where engine.snapshot.phase != .running { try await Task.sleep(for: .milliseconds(5)) }
        engine.send(.stop)
        // The engine's thread and the one that built.
        for _ in 0..<2000 where calls.withLock({ $0.last < 2 }) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(calls.withLock { $0.first >= 2 && $0.last >= 2 })
    }
}

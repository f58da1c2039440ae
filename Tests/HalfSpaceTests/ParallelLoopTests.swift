import Foundation
import Synchronization
import Testing

@testable import HalfSpace

@Suite struct ParallelLoopTests {
    /// How often each turn was taken.
    private final class Turns: Sendable {
        let taken: Mutex<[Int]>
        init(_ count: Int) { taken = Mutex(Array(repeating: 0, count: count)) }
        func take(_ turn: Int) { taken.withLock { $0[turn] += 1 } }
        var areTakenOnce: Bool { taken.withLock { $0.allSatisfy { $0 == 1 } } }
    }

    @Test(arguments: [-1, 0, 1, 2, 3, 64, 5000]) func everyTurnIsTakenOnce(count: Int) {
        let turns = Turns(max(0, count))
        ParallelLoop.run(count) { turns.take($0) }
        #expect(turns.areTakenOnce)
    }

    @Test func loopsLieInLoops() {
        let turns = Turns(8 * 8 * 8)
        ParallelLoop.run(8) { i in
            ParallelLoop.run(8) { j in ParallelLoop.run(8) { k in turns.take(64 * i + 8 * j + k) } }
        }
        #expect(turns.areTakenOnce)
    }

    @Test func loopsOfManyThreadsEnd() async {
        await withTaskGroup(of: Bool.self) { group in
            for seed in 1...12 {
                group.addTask {
                    (1...40).allSatisfy { round in
                        let turns = Turns(seed * round % 23)
                        ParallelLoop.run(seed * round % 23) { turns.take($0) }
                        return turns.areTakenOnce
                    }
                }
            }
            for await holds in group { #expect(holds) }
        }
    }
}

import Dispatch
import Testing

@testable import HalfSpace

@Suite(.serialized) struct BackgroundBuildTests {
    private struct Unwanted: Error {}

    @Test func whatIsBuiltIsHandedOver() throws {
        let store = try gaussianStore(40, d: 2, dv: 2, seed: 3)
        for isLong in [false, true] {
            let build = BackgroundBuild(isLong: isLong) {
                try TreeIndex(store: store, rows: 0..<40, progress: $0)
            }
            build.wait()
            #expect(build.isOver)
            #expect(build.index?.rows == 0..<40)
        }
        let failed = BackgroundBuild(isLong: false) { _ in throw Unwanted() }
        failed.wait()
        #expect(failed.isOver && failed.index == nil)
    }

    /// It would wait for ever if it waited for the build before it.
    @Test func aBuildThatHasNotBegunIsCancelledAtOnce() {
        let gate = DispatchSemaphore(value: 0)
        let first = BackgroundBuild(isLong: true) { _ in
            gate.wait()
            throw Unwanted()
        }
        let second = BackgroundBuild(isLong: true) { _ in
            Issue.record("a cancelled build began")
            throw Unwanted()
        }
        second.cancel()
        #expect(second.isOver && second.index == nil)
        gate.signal()
        first.wait()
    }

    @Test func aBuildUnderWayStopsAtItsNextStep() {
        let begun = DispatchSemaphore(value: 0)
        let build = BackgroundBuild(isLong: false) { progress in
            begun.signal()
            while true { try progress(0.5) }
        }
        begun.wait()
        #expect(!build.isOver)
        build.cancel()
        #expect(build.isOver && build.index == nil)
    }
}

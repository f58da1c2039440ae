import Foundation
import Measurement

/// Steps of other settings, measured between the steps of the stream: keys and index are made beside it, the steps run
/// on the engine's thread, so that nothing competes with them.
final class Trial {
    enum Progress {
        case preparing(Double)
        case measuring(Double)
        case done(Result)
        case failed(String)
    }

    struct Result {
        var records: [StepRecord]
        var promptLength: Int
        var initSeconds: Double
        var bytes: Int
    }

    private let builder: SessionBuilder
    private var session: DecodeSession?
    private var records: [StepRecord] = []

    /// Steps measured, after some that warm the caches.
    private static let steps = 40
    private static let warmUp = 8

    init(settings: Settings, threads: Int?, wake: @escaping @Sendable () -> Void) {
        builder = SessionBuilder(settings: settings, reusing: nil, threads: threads, finished: wake)
    }

    deinit { builder.cancel() }

    /// Whether the engine's thread should give it time.
    var wantsTime: Bool { session != nil }

    /// Whether there is memory for so many of its size at once.
    func leavesRoom(for count: Int) -> Bool {
        guard let store = session?.store else { return false }
        let (rows, overflow) = store.count.multipliedReportingOverflow(by: max(0, count - 1))
        return !overflow
            && (try? MemoryBudget.check(rows: rows, dimension: store.dimension, valueDimension: store.valueDimension))
                != nil
    }

    /// Does a little: about `seconds` of measuring at most, a step at least.
    func advance(seconds: Double) -> Progress {
        guard let session else { return takeBuilt() }
        let deadline = MonotonicClock.seconds + seconds
        let target = Self.steps + Self.warmUp
        repeat {
            do {
                records.append(try session.decode(.init(dense: true, definition: false, entries: false)).record)
            } catch {
                return .failed("\(error)")
            }
        } while records.count < target && MonotonicClock.seconds < deadline
        guard records.count == target else { return .measuring(Double(records.count) / Double(target)) }
        let statistics = session.index.statistics
        return .done(
            Result(
                records: Array(records.dropFirst(Self.warmUp)), promptLength: session.promptLength,
                initSeconds: statistics.initSeconds, bytes: statistics.bytes))
    }

    private func takeBuilt() -> Progress {
        switch builder.outcome {
        case .ready(let session)?:
            self.session = session
            return .measuring(0)
        case .failed(let sentence)?: return .failed(sentence)
        case .cancelled?: return .failed("cancelled")
        case nil: return .preparing(builder.preparation.fraction)
        }
    }
}

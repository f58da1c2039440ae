import Foundation
import Synchronization
import Workload

/// Writes what a session decoded as a trace, on a thread of its own: q, k and v of its first sequence, so that another machine
/// replays the same counts.
public final class SessionRecorder: Sendable {
    /// What became of a recording, once.
    public enum Outcome: Sendable, Equatable {
        case written(URL, steps: Int)
        /// Why there is none, in one sentence.
        case refused(String)
    }

    private struct State {
        var isBusy = false
        var outcome: Outcome?
    }

    private let state = Mutex(State())

    /// The largest file that is written beside a show, in bytes.
    static let most = 512 << 20

    public init() {}

    /// Starts to write, unless something is being written: a new file, whole or not there at all.
    /// - Parameter snapshot: the session with the steps that it has done; a language model's text has nothing to record.
    public func record(_ snapshot: Snapshot, to file: URL) {
        let settings = snapshot.settings
        guard settings.workload != .model, snapshot.phase == .running else { return }
        let steps = min(snapshot.step, snapshot.firstSequence)
        let isFree = state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
        guard isFree else { return }
        do {
            try startThread(named: "halfspace.record") { [self] in
                end { try Self.write(settings, steps: steps, to: file) }
            }
        } catch {
            end { throw error }
        }
    }

    /// What came of the last recording, told once.
    public func take() -> Outcome? {
        state.withLock { state in
            defer { state.outcome = nil }
            return state.outcome
        }
    }

    public var isBusy: Bool { state.withLock { $0.isBusy } }

    private func end(_ body: () throws -> Outcome) {
        let outcome: Outcome
        do { outcome = try body() } catch { outcome = .refused("\(error)") }
        state.withLock { ($0.outcome, $0.isBusy) = (outcome, false) }
    }

    private static func write(_ settings: Settings, steps: Int, to file: URL) throws -> Outcome {
        guard steps > 0 else { return .refused("no trace is saved before the first step") }
        let workload = try settings.makeWorkload()
        let (n, d, dv) = (workload.promptLength, workload.dimension, workload.valueDimension)
        let rows = n + (workload.appendsKeys ? steps : 0)
        let bytes = 4 * (rows * (d + dv) + steps * d)
        guard bytes <= most else {
            return .refused(
                "no trace is saved, since it takes \(bytes >> 20) MB; halfspace stream --trace-out writes any size")
        }
        try MemoryBudget.check(rows: n, dimension: d, valueDimension: dv)
        // Beside the file that is meant, so that a name which is taken is kept, and a write that fails leaves nothing.
        let part = file.appendingPathExtension("part")
        guard FileManager.default.createFile(atPath: part.path, contents: nil) else {
            return .refused("no trace is saved: \(part.path) cannot be written")
        }
        do {
            let handle = try FileHandle(forWritingTo: part)
            try TraceRecording(workload, steps: steps).write(metadata: ["command": "halfspace, key s"]) {
                try handle.write(contentsOf: $0)
            }
            try handle.close()
            try FileManager.default.moveItem(at: part, to: file)
        } catch {
            try? FileManager.default.removeItem(at: part)
            throw error
        }
        return .written(file, steps: steps)
    }
}

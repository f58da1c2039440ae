import Attention
import Foundation
import HalfSpace
import Synchronization
import Workload

/// Makes keys and builds the index beside the engine, so that the screen answers meanwhile; cancelling it is quick.
final class SessionBuilder: Sendable {
    enum Outcome: @unchecked Sendable {
        /// The session changes hands here: the builder's thread never touches it again.
        case ready(DecodeSession)
        case failed(String)
        case cancelled
    }

    private struct State {
        var isCancelled = false
        var preparation = Snapshot.Preparation(stage: "making keys", fraction: 0)
        var outcome: Outcome?
    }

    let settings: Settings
    private let state = Mutex(State())

    /// Starts at once; `finished` is called on the builder's thread. A `prompt` of the same data spares making keys.
    init(
        settings: Settings, reusing prompt: SessionPrompt?, continuing text: ModelWorkload? = nil, threads: Int?,
        finished: @escaping @Sendable () -> Void
    ) {
        self.settings = settings
        do {
            try startThread(named: "halfspace.build") { [self] in
                end(with: build(reusing: prompt, continuing: text, threads: threads))
                finished()
            }
        } catch {
            end(with: .failed("\(error)"))
        }
    }

    private func build(reusing prompt: SessionPrompt?, continuing text: ModelWorkload?, threads: Int?) -> Outcome {
        do {
            return .ready(
                try DecodeSession(
                    settings: settings, reusing: prompt, continuing: text, threads: threads, progress: report))
        } catch is CancellationError {
            return .cancelled
        } catch {
            return .failed("\(error)")
        }
    }

    private func end(with outcome: Outcome) { state.withLock { $0.outcome = outcome } }

    var preparation: Snapshot.Preparation { state.withLock { $0.preparation } }
    var outcome: Outcome? { state.withLock { $0.outcome } }

    func cancel() { state.withLock { $0.isCancelled = true } }

    private func report(stage: String, fraction: Double) throws {
        let isCancelled = state.withLock { state in
            state.preparation = .init(stage: stage, fraction: fraction)
            return state.isCancelled
        }
        if isCancelled { throw CancellationError() }
    }
}

/// The keys and values of the prompt with their statistics: what a change of index alone need not make again.
///
/// Handed from a session that ended to the builder of the next; never shared by two that live.
struct SessionPrompt: @unchecked Sendable {
    let settings: Settings
    let workload: any Workload
    let store: KeyValueStore
    let statistics: KeyStatistics
    /// The layer that the head belongs to, with its indexes.
    var layer: LayerSession?
    /// The index over the keys, where it is there already.
    var index: ReportingIndex?
    /// Where the stream goes on; nil where it begins.
    var place: StreamPlace?
}

/// Where a stream stands: what another session over the same keys needs to go on from there.
struct StreamPlace {
    let step, sequence, sequenceStep: Int
    let recentQueries: [[Float]]
    let denseCount: Int
    let measured: MeasuredBudget
}

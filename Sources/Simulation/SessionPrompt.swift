import Attention
import HalfSpace
import Workload

/// The keys and values of the prompt with their statistics: what a change of index alone need not make again.
///
/// Handed from a session that ended to the builder of the next; never shared by two that live.
struct SessionPrompt: @unchecked Sendable {
    let settings: Settings
    let workload: any Workload
    let store: KeyValueStore
    let statistics: KeyStatistics
}

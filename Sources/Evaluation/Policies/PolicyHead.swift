import Attention
import HalfSpace
import Policies

/// A head of a language model that reads as a policy says.
final class PolicyHead: HeadReader {
    private let policy: any CachePolicy
    /// Rows that the policy was told of.
    private var taken: Int
    private var number = 0
    /// Rows and bytes that were read, over all queries.
    private(set) var rows = 0
    private(set) var bytes = 0
    /// Queries for which the budget was too small to read anything.
    private(set) var unserved = 0
    /// What went wrong: then nothing is read any more.
    private(set) var fault: (any Error)?

    init(_ kind: PolicyKind, _ start: PolicyStart) throws {
        policy = try kind.type.init(start)
        taken = start.store.count
    }

    func attend(_ query: [Float], over store: KeyValueStore, into output: AttentionOutput) {
        output.clear()
        guard fault == nil else { return }
        do {
            while taken < store.count {
                try policy.take(row: taken)
                taken += 1
            }
            let step = PolicyStep(query, store: store, number: number)
            number += 1
            let reading = try policy.read(step)
            let found = reading.attend(step)
            output.values = found
            rows += reading.rows.count
            bytes += reading.bytes.total
            if reading.least != nil { unserved += 1 }
        } catch {
            fault = error
        }
    }
}

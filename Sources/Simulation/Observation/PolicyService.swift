import HalfSpace
import Policies

/// Has policies follow the session while a view wants it; begins anew where the keys, the sequence or the rule are others.
final class PolicyService {
    private let wake: @Sendable () -> Void
    private var follower: PolicyFollower?
    private var followed: (store: ObjectIdentifier, sequence: Int, rows: Int, step: Int)?
    private var shown: Int?
    /// Keys reported by the last steps under the rule in force.
    private var reported: [Int] = []
    private var refusal: PoliciesFrame?
    private var isRefusalShown = false
    /// Whether what was told before is of other keys or another rule.
    private var hasForgotten = false
    var isWanted = false {
        didSet {
            guard !isWanted else { return }
            let counts = reported
            stop()
            reported = counts
        }
    }

    /// Steps that the median of what is reported ranges over.
    private static let most = 24

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    deinit { follower?.cancel() }

    var isBusy: Bool { follower?.isBusy ?? false }

    /// The rule or the keys are others now.
    func stop() {
        follower?.cancel()
        follower = nil
        followed = nil
        reported = []
        refusal = nil
        hasForgotten = true
    }

    /// Whether it forgot since the last call.
    func takeForgotten() -> Bool {
        defer { hasForgotten = false }
        return hasForgotten
    }

    /// A step was decoded.
    func note(_ session: DecodeSession, reported count: Int) {
        reported = (reported + [count]).suffix(Self.most)
        look(at: session)
    }

    /// Has the newest step followed, once; begins where nobody follows yet.
    func look(at session: DecodeSession) {
        guard isWanted, session.step > 0, let query = session.recentQueries.last else { return }
        let store = session.store
        let grew = session.workload.appendsKeys
        if let followed, let follower, followed.store == ObjectIdentifier(store),
            followed.sequence == session.sequence, !follower.isBehind
        {
            if followed.step == session.step { return }
            if followed.step + 1 == session.step, store.count == followed.rows + (grew ? 1 : 0) {
                self.followed = (ObjectIdentifier(store), session.sequence, store.count, session.step)
                let last = store.count - 1
                return follower.note(
                    .init(
                        step: session.step - 1, query: query, key: grew ? Array(store.key(last)) : nil,
                        value: grew ? Array(store.value(last)) : nil, needle: session.text?.needle))
            }
        }
        if follower != nil {
            let isBehind = follower?.isBehind == true
            let counts = reported
            stop()
            reported = counts
            if isBehind { return refuse("Steps come faster than policies can follow them: press < for a slower pace.") }
        }
        guard !reported.isEmpty else { return }
        begin(session, query)
    }

    private func begin(_ session: DecodeSession, _ newest: [Float]) {
        let store = session.store
        let (n, d, dv) = (store.count, store.dimension, store.valueDimension)
        guard n <= PolicyFollower.mostRows, n * d <= PolicyFollower.mostEntries else {
            let most = min(PolicyFollower.mostRows, PolicyFollower.mostEntries / d)
            return refuse("Policies are followed up to \(most) keys of this dimension: press n for fewer.")
        }
        // Without queries some policies could only guess, and no budget would be known.
        let count = session.recentQueries.count
        guard count > PoliciesFrame.queriesKnown else { return }
        let later = session.promptLength..<n
        let grows = session.workload.appendsKeys
        let queries = session.recentQueries.dropLast().enumerated().map { i, query in
            PromptQuery(query, rows: grows ? max(1, n - (count - 1 - i)) : n)
        }
        let counts = reported.sorted()
        let start = PolicyFollower.Start(
            store: store, promptRows: session.promptLength,
            laterKeys: Array(store.keys[later.lowerBound * d..<later.upperBound * d]),
            laterValues: Array(store.values[later.lowerBound * dv..<later.upperBound * dv]), queries: queries,
            room: grows ? max(0, session.rowLimit - n) : 0, reported: counts[counts.count / 2],
            isPooled: !grows, seed: session.settings.seed)
        refusal = nil
        shown = nil
        follower = PolicyFollower(start, wake: wake)
        followed = (ObjectIdentifier(store), session.sequence, n, session.step)
        // The newest step is looked at once all have taken in its rows.
        follower?.note(
            .init(step: session.step - 1, query: newest, key: nil, value: nil, needle: session.text?.needle))
    }

    private func refuse(_ sentence: String) {
        guard refusal?.phase != .failed(sentence) else { return }
        refusal = PoliciesFrame()
        refusal?.phase = .failed(sentence)
        isRefusalShown = false
    }

    /// What is new since the last call.
    func take() -> PoliciesFrame? {
        if let refusal, !isRefusalShown {
            isRefusalShown = true
            return refusal
        }
        guard let follower, follower.version != shown else { return nil }
        shown = follower.version
        return follower.frame
    }
}

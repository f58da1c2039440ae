import Workload

extension Snapshot {
    /// What a new session fixes for all its steps.
    mutating func show(_ session: DecodeSession) {
        n = session.store.count
        d = session.store.dimension
        rowBytes = session.store.format.bytes * (session.store.dimension + session.store.valueDimension)
        valueDimension = session.store.valueDimension
        promptLength = session.promptLength
        firstSequence = session.stepsOfFirstSequence
        step = session.step
        caption = session.workload.caption
        heads = session.workload.heads
        layers = session.workload.headLayers
        trace = (session.workload as? TraceWorkload).map { TraceShape(keys: $0.keyCount, grows: $0.appendsKeys) }
        denseEvery = 1
        let workload = session.workload
        words =
            workload.keyWord(0) == nil
            ? nil : Words(key: { workload.keyWord($0) }, query: { workload.queryWord($0) })
        queryWord = nil
        attended = []
    }

    /// The words of a step's query and of the keys of largest weight, where the workload has words.
    mutating func note(_ heat: HeatRow, of session: DecodeSession) {
        queryWord = session.workload.queryWord(session.sequenceStep - 1)
        guard queryWord != nil else { return }
        let largest = heat.weights.indices.sorted { heat.weights[$0] > heat.weights[$1] }.prefix(Self.wordLimit)
        attended = largest.compactMap { i in
            let position = Int(heat.positions[i])
            return session.workload.keyWord(position).map {
                AttendedWord(position: position, word: $0, share: heat.weights[i])
            }
        }
    }

    private static let wordLimit = 24
}

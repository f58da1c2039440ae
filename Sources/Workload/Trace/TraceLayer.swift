/// The query, key and value tensors of one layer, with shapes that fit each other.
struct TraceLayer: Sendable {
    let number: Int
    let queries: HeadedTensor
    let keys: HeadedTensor
    let values: HeadedTensor
    /// A logit for each query head that has no key.
    let sinks: StoredTensor?

    /// The heads of the query tensor.
    var heads: Int { queries.heads }
    /// How many query heads share a head of keys and values (grouped-query attention); 1 if each has its own.
    var queriesPerKeyHead: Int { queries.heads / keys.heads }
    /// Tokens of keys before that of the first query: a file may hold the queries of its last tokens alone.
    var tokensBefore: Int { keys.tokens - queries.tokens }

    /// The tensors of attention of a file, by layer and part.
    typealias Parts = [Int: [TensorPart: StoredTensor]]

    /// Finds what the names say.
    /// - Throws: ``TraceFault`` where nothing has a name of attention, or two tensors have the same one.
    static func parts(of collection: TensorCollection, names: TensorNames) throws(TraceFault) -> Parts {
        var parts: Parts = [:]
        var ranks: [Int: [TensorPart: Int]] = [:]
        for tensor in collection.tensors.values.sorted(by: { $0.name < $1.name }) {
            guard let place = names.place(of: tensor.name) else { continue }
            if let other = parts[place.layer]?[place.part] {
                let rank = ranks[place.layer]?[place.part] ?? 0
                guard TensorNames.givesWay(place.rank, to: rank) || TensorNames.givesWay(rank, to: place.rank) else {
                    throw TraceFault(path: collection.path, problem: .duplicateTensor(other.name, tensor.name))
                }
                if TensorNames.givesWay(place.rank, to: rank) { continue }
            }
            parts[place.layer, default: [:]][place.part] = tensor
            ranks[place.layer, default: [:]][place.part] = place.rank
        }
        guard parts.values.contains(where: { $0.keys.contains { $0 != .sinks } }) else {
            throw TraceFault(path: collection.path, problem: .noAttention(found: collection.tensors.keys.sorted()))
        }
        return parts
    }

    init(
        number: Int, parts: Parts, layout: TensorLayout, of collection: TensorCollection
    ) throws(TraceFault) {
        let found = parts[number] ?? [:]
        func tensor(_ part: TensorPart) throws(TraceFault) -> HeadedTensor {
            guard let tensor = found[part] else {
                let like = found[.queries] ?? found[.keys] ?? found[.values]
                throw TraceFault(
                    path: collection.path,
                    problem: .missingTensor(
                        part: part, layer: number, beside: like?.name ?? "", found: collection.tensors.keys.sorted()))
            }
            return try HeadedTensor(tensor, layout: layout)
        }
        self.number = number
        queries = try tensor(.queries)
        keys = try tensor(.keys)
        values = try tensor(.values)
        sinks = found[.sinks]
        try checkShapes()
    }

    private func checkShapes() throws(TraceFault) {
        func expect(_ holds: Bool, _ headed: HeadedTensor, _ expected: @autoclosure () -> String) throws(TraceFault) {
            guard !holds else { return }
            throw TraceFault(
                path: headed.tensor.path,
                problem: .wrongShape(
                    tensor: headed.tensor.name, shape: headed.tensor.shape, expected: expected()))
        }
        let (q, k, v) = (queries, keys, values)
        let (limit, valueLimit) = (WorkloadLimits.dimension, WorkloadLimits.valueDimension)
        try expect(limit.contains(q.width), q, "d, the last axis, from 1 to \(limit.upperBound)")
        try expect(valueLimit.contains(v.width), v, "dv, the last axis, from 1 to \(valueLimit.upperBound)")
        try expect(k.width == q.width, k, "d = \(q.width), as \(q.tensor.name) has")
        try expect(q.heads % k.heads == 0, k, "heads that divide the \(q.heads) of \(q.tensor.name)")
        try expect(
            v.heads == k.heads && v.tokens == k.tokens, v,
            "\(k.heads) heads of \(k.tokens) tokens, as \(k.tensor.name) has")
    }
}

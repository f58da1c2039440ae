import Attention
import HalfSpace
import Workload

/// Keys and values in a store, and the queries that are measured over them.
public struct BenchmarkInput {
    public let store: KeyValueStore
    public let statistics: KeyStatistics
    private let make: (Int) throws -> [Float]

    /// A workload's prompt, kept in a format, and the queries of its steps.
    /// - Throws: what the workload throws, or `NonFiniteEntry` where the format cannot hold a number.
    public init(_ workload: any Workload, format: NumberFormat = .float32) throws {
        store = KeyValueStore(
            dimension: workload.dimension, valueDimension: workload.valueDimension, capacity: workload.promptLength,
            format: format)
        try workload.fillPrompt(of: store, progress: { _ in })
        statistics = KeyStatistics(of: store, rows: 0..<store.count)
        let steps = max(1, workload.stepsPerSequence ?? .max)
        make = { try workload.step($0 % steps, sequence: $0 / steps).query }
    }

    /// Data of a table; its queries come again when they are used up.
    init(_ data: EvaluationData) {
        store = data.store
        statistics = KeyStatistics(of: store, rows: 0..<store.count)
        make = { data.queries[$0 % data.queries.count] }
    }

    public var d: Int { store.dimension }
    public var n: Int { store.count }

    /// The i-th query, of length d.
    public func query(_ i: Int) throws -> [Float] { try make(i) }
}

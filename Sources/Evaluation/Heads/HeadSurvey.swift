import Foundation
import HalfSpace
import Synchronization
import Workload

/// Every head of a trace, measured by all cores, one head a core at a time.
public struct HeadSurvey: Sendable {
    public var study: HeadStudy
    /// Layers and heads to measure; nil: all.
    public var layer: Int?
    public var head: Int?

    public init(study: HeadStudy = HeadStudy(), layer: Int? = nil, head: Int? = nil) {
        (self.study, self.layer, self.head) = (study, layer, head)
    }

    /// One head to be measured.
    public struct Place: Sendable, Hashable {
        public var layer: Int
        public var head: Int

        public init(layer: Int, head: Int) { (self.layer, self.head) = (layer, head) }
    }

    /// The heads that are asked for, in order.
    /// - Throws: `WorkloadError` where there is none such.
    public func places(in contents: TraceContents) throws(WorkloadError) -> [Place] {
        if let layer, !contents.layers.contains(where: { $0.number == layer }) {
            throw .noSuchLayer(layer, path: contents.path, layers: contents.layers.map(\.number))
        }
        let layers = contents.layers.filter { layer == nil || $0.number == layer }
        if let head, let least = layers.min(by: { $0.heads < $1.heads }), !(0..<least.heads).contains(head) {
            throw .noSuchHead(head, path: contents.path, tensor: "layer \(least.number)", heads: least.heads)
        }
        return layers.flatMap { layer in
            (head.map { [$0] } ?? Array(0..<layer.heads)).map { Place(layer: layer.number, head: $0) }
        }
    }

    /// Measures heads.
    /// - Parameters:
    ///   - found: is given each head's figures as soon as they are known, on any thread, one call at a time.
    ///   - progress: is told the share that is done; what it throws ends the survey.
    /// - Throws: the first failure, or what `progress` throws.
    public func run(
        _ contents: TraceContents, found: @escaping @Sendable (HeadFigures) -> Void,
        progress: @escaping @Sendable (Double) throws -> Void
    ) throws {
        let places = try places(in: contents)
        let state = Mutex(State(shares: Array(repeating: 0, count: places.count)))
        // Heads that are timed have the machine for themselves.
        let lanes = study.measures ? 1 : min(places.count, max(1, ProcessInfo.processInfo.activeProcessorCount))
        ParallelLoop.run(lanes) { _ in
            while let next = state.withLock({ $0.take() }) {
                do {
                    let figures = try measure(places[next], contents) { share in
                        let done = try state.withLock { state in
                            if let error = state.failure { throw error }
                            state.shares[next] = share
                            return state.shares.reduce(0, +) / Double(places.count)
                        }
                        try progress(done)
                    }
                    state.withLock { _ in found(figures) }
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        if let error = state.withLock({ $0.failure }) { throw error }
    }

    private struct State {
        var shares: [Double]
        var next = 0
        var failure: (any Error)?

        /// The next head that nobody measures yet.
        mutating func take() -> Int? {
            guard failure == nil, next < shares.count else { return nil }
            next += 1
            return next - 1
        }
    }

    /// Measures one head.
    /// - Parameter progress: is told the share that is done; what it throws ends it.
    /// - Throws: `WorkloadError` for what is wrong with the file, or what `progress` throws.
    public func measure(
        _ place: Place, _ contents: TraceContents, progress: (Double) throws -> Void
    ) throws -> HeadFigures {
        let head = try contents.head(layer: place.layer, head: place.head, queries: study.queries) {
            try progress(0.2 * $0)
        }
        var figures = try study.figures(of: head) { try progress(0.2 + 0.8 * $0) }
        (figures.layer, figures.head) = (place.layer, place.head)
        return figures
    }
}

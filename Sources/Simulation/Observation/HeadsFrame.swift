import Evaluation
import Workload

/// What is known of the heads of a trace.
public struct HeadsFrame: Sendable {
    public var phase = Phase.measuring
    public var layers: [HeadLayer] = []
    /// The figures of the heads that were measured, as medians over so many queries at most.
    public var figures: [HeadSurvey.Place: HeadFigures] = [:]
    public var queries: Int
    /// The share of all heads that is done, with the part of the one under way.
    public var share = 0.0

    public enum Phase: Sendable, Equatable {
        case measuring, done, cancelled
        case failed(String)
    }

    public init(queries: Int) { self.queries = queries }

    /// In the order of layers and heads.
    public var ordered: [HeadFigures] {
        figures.values.sorted { ($0.layer, $0.head) < ($1.layer, $1.head) }
    }
}

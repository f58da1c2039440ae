import Measurement

/// What one head's rows show: how its attention is spread, what keeping some of its keys costs, and whether an index pays.
/// Medians over the queries that were measured, unless they say otherwise.
public struct HeadFigures: Sendable, Equatable {
    public var layer = 0
    /// The position in the query tensor.
    public var head = 0
    /// Keys in the store, and queries measured.
    public var keys = 0
    public var queries = 0
    /// Mean and standard deviation of a row's scores.
    public var logitMean = 0.0
    public var logitSpread = 0.0
    /// Keys at or above the calibrated threshold.
    public var calibrated = 0.0
    /// Keys that hold 50, 90, 99 and 99.9 % of the softmax mass, the largest first.
    public var keysForHalf = 0.0
    public var keysFor90 = 0.0
    public var keysFor99 = 0.0
    public var keysFor999 = 0.0
    /// The mass that n^{4/5} keys hold, and what the tilt law predicts of it from the row's spread.
    public var massOfBudget = 0.0
    public var tiltPrediction = 0.0
    /// The mass left out where the 2^i largest keys are kept, for every i up to the whole row.
    public var massLeft: [Double] = []
    /// Shares of the mass on the first four tokens and on the last 64 that a query sees.
    public var firstShare = 0.0
    public var lastShare = 0.0
    /// The share of the mass on the sink logit, which has no key; 0 where there is none.
    public var sinkShare = 0.0
    /// e to the entropy of the spectrum of the keys' covariance (Roy and Vetterli, EUSIPCO 2007): how many directions they fill.
    public var effectiveRank = 0.0
    /// Mean ‖q‖, mean ‖k‖, and the largest entry of the values by size.
    public var queryNorm = 0.0
    public var keyNorm = 0.0
    public var valueNorm = 0.0
    /// The index that `auto` takes at the calibrated threshold, and the bytes that a step reads through it of those that dense
    /// attention reads: as the planner expects, in whole cache lines, and as they were counted.
    public var index = ""
    public var expectedBytes: Double?
    public var bytesRead = 0.0
    /// How many times faster than dense attention a step is that finds its data where the one before left it, as the planner
    /// expects and as it was measured; nil: not known.
    public var expectedSpeedup: Double?
    public var measuredSpeedup: Double?

    /// What the tilt law misses.
    public var tiltMiss: Double { massOfBudget - tiltPrediction }

    public init() {}

    /// Names of the columns in which a head is saved.
    public static var columns: [String] {
        ["layer", "head", "keys", "queries"] + HeadFigure.all.map(\.name) + ["index"]
    }

    /// An entry for each column.
    public var cells: [TableCell] {
        [layer, head, keys, queries].map(TableCell.int) + HeadFigure.all.map { TableCell($0.value(self)) }
            + [index.isEmpty ? .none : .text(index)]
    }
}

/// A figure of a head by name: a column of a table, and a picture of the heads' view.
public struct HeadFigure: Sendable {
    /// As typed, and as the column is called.
    public let name: String
    /// What it is, in a few words.
    public let meaning: String
    /// nil where it was not measured.
    public let value: @Sendable (HeadFigures) -> Double?

    /// Every figure, in the order of the columns.
    public static let all: [HeadFigure] = [
        .init("mean", "mean of a row's scores") { $0.logitMean },
        .init("spread", "standard deviation of a row's scores") { $0.logitSpread },
        .init("calibrated", "keys at the calibrated threshold") { $0.calibrated },
        .init("keys50", "keys that hold 50 % of the mass") { $0.keysForHalf },
        .init("keys90", "keys that hold 90 % of the mass") { $0.keysFor90 },
        .init("keys99", "keys that hold 99 % of the mass") { $0.keysFor99 },
        .init("keys999", "keys that hold 99.9 % of the mass") { $0.keysFor999 },
        .init("mass", "mass of the n^0.8 largest keys") { $0.massOfBudget },
        .init("tilt", "that mass as the tilt law predicts it") { $0.tiltPrediction },
        .init("miss", "mass less the tilt law's prediction") { $0.tiltMiss },
        .init("first", "mass on the first 4 tokens") { $0.firstShare },
        .init("last64", "mass on the last 64 tokens") { $0.lastShare },
        .init("sink", "mass on the sink logit") { $0.sinkShare },
        .init("rank", "effective rank of the keys") { $0.effectiveRank },
        .init("qnorm", "mean norm of the queries") { $0.queryNorm },
        .init("knorm", "mean norm of the keys") { $0.keyNorm },
        .init("vmax", "largest entry of the values") { $0.valueNorm },
        .init("bytes", "bytes expected of auto, of dense attention's") { $0.expectedBytes },
        .init("read", "bytes that auto reads, of dense attention's") { $0.bytesRead },
        .init("expected", "speed-up that the planner expects") { $0.expectedSpeedup },
        .init("measured", "speed-up measured") { $0.measuredSpeedup },
    ]

    /// The figure of a name.
    public static func named(_ name: String) -> HeadFigure? { all.first { $0.name == name } }

    private init(_ name: String, _ meaning: String, _ value: @escaping @Sendable (HeadFigures) -> Double?) {
        (self.name, self.meaning, self.value) = (name, meaning, value)
    }
}

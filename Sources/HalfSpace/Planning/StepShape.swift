import CKernels

/// The step that is planned for: how many keys of what length, how many of them are wanted, and for what.
public struct StepShape: Sendable, Equatable {
    /// Keys; their length and that of their values.
    public var n, d, dv: Int
    /// Keys expected in a half-space.
    public var members: Double
    public var demand: StepDemand
    /// Whether the keys stay for very many queries, so that a long build pays.
    public var keysStay: Bool
    /// Queries of a step that share the keys, which dense attention then reads once for all of them.
    public var sharing = 1
    /// Those of them that an index may look for in one reading.
    public var looks = 1
    /// Whether softmax must be over the set alone, however many keys are read.
    public var keepsToSet = false
    /// How the numbers of keys and values are kept.
    public var format = NumberFormat.float32

    public init(
        n: Int, d: Int, dv: Int, members: Double, demand: StepDemand, keysStay: Bool = false,
        format: NumberFormat = .float32
    ) {
        (self.n, self.d, self.dv, self.format) = (n, d, dv, format)
        (self.members, self.demand, self.keysStay) = (members, demand, keysStay)
    }

    /// The step over all keys of a store.
    public init(of store: KeyValueStore, hints: QueryHints) {
        self.init(
            n: store.count, d: store.dimension, dv: store.valueDimension,
            members: hints.share(of: store.count) * Double(store.count), demand: hints.demand, keysStay: hints.keysStay,
            format: store.format)
        sharing = max(1, hints.sharing)
        looks = min(max(1, hints.looks ?? sharing), Int(CK_MOST_LOOKS))
        keepsToSet = hints.keepsToSet
    }

    /// Keys above the threshold that an index is asked for: where it is found on the way, a remembered or sampled one stands a
    /// little below it.
    public var listed: Double {
        switch demand {
        case .powers, .exponentials: members
        case .largest: min(Double(n), 1.15 * members)
        case .nearLargest: min(Double(n), 1.5 * members)
        }
    }

    /// Bytes of all keys and values.
    var bytes: Double { Double(format.bytes) * Double(n) * Double(d + dv) }

    /// Bytes of a key.
    var keyBytes: Int { format.bytes * d }

    /// Numbers of all keys.
    var keyFloats: Double { Double(n) * Double(d) }

    /// Cache lines that a row of so many bytes touches on the mean, of rows one after the other from the beginning of a line on.
    static func lines(_ bytes: Int) -> Double {
        let shared = Double(min(bytes & -bytes, Int(MachineCosts.lineBytes)))
        return 1 + (Double(bytes) - shared) / MachineCosts.lineBytes
    }

    /// Floats of a row as vectors take them.
    private static func padded(_ floats: Int) -> Double { Double((floats + 15) / 16 * 16) }

    // MARK: Phases that indexes share

    /// Pages in which `count` rows of `bytes` bytes lie that are picked, in order, from `n`: those of a page are looked up once.
    func pages(of count: Double, bytes: Int) -> Double { MachineCosts.pages(of: count, in: Double(n) * Double(bytes)) }

    /// Float32 products of keys that an index could not decide otherwise: rows of so many bytes, picked in order.
    func candidates(_ count: Double, bytes: Int) -> StepWork.Phase {
        StepWork.Phase(
            "candidates", lines: count * Self.lines(bytes), places: pages(of: count, bytes: bytes),
            products: count * Self.padded(d))
    }

    /// How often listed scores are gone through: the rank is narrowed down in two rounds, and members are kept and copied.
    private static let selectionPasses = 4.0

    /// Cache lines of code that finding a threshold among listed scores waits for.
    var selectionWaits: Double {
        switch demand {
        case .powers, .exponentials: 0
        case .largest, .nearLargest: 50
        }
    }

    /// Going through the listed scores to find the threshold among them.
    var selection: StepWork.Phase {
        switch demand {
        case .powers, .exponentials: StepWork.Phase("selection")
        case .largest, .nearLargest: StepWork.Phase("selection", products: Self.selectionPasses * listed)
        }
    }

    /// Weights and values of the members; `lines` is what the values of one take from anywhere. Short values share lines, and a
    /// vector is the least that is multiplied.
    func values(lines: Double) -> StepWork.Phase {
        let isExponential = demand == .exponentials || demand == .largest
        return StepWork.Phase(
            "values", lines: min(members * lines, Double(n) * Double(format.bytes * dv) / MachineCosts.lineBytes),
            places: pages(of: members, bytes: format.bytes * dv), products: members * Self.padded(dv),
            exponentials: isExponential ? members : 0)
    }

    /// Selection, and values that stand in the store.
    var answer: [StepWork.Phase] { [selection, values(lines: Self.lines(format.bytes * dv))] }
}

/// What one query cost an index in reporting, values left out: counted, or carried on from a sample.
public struct QueryCounts: Sendable, Equatable {
    /// Groups or nodes whose bound was tested.
    public var visited = 0.0
    /// Keys scored in float32.
    public var candidates = 0.0
    /// Bytes read, those of the candidates left out.
    public var bytes = 0.0
    /// Nodes wholly inside, and their keys.
    public var whole = 0.0
    public var wholeKeys = 0.0

    public init() {}

    /// The mean of what some queries counted in an index of this type.
    public init(
        _ work: Work, queries: Int, of kind: IndexKind, d: Int, dv: Int, format: NumberFormat = .float32
    ) {
        let share = 1 / Double(max(1, queries))
        let rows = work.candidates * kind.type.candidateBytes(dimension: d, valueDimension: dv, format: format)
        visited = Double(work.visited) * share
        candidates = Double(work.candidates) * share
        bytes = Double(max(0, work.bytesRead - rows)) * share
        whole = Double(work.whole) * share
        wholeKeys = Double(work.wholeKeys) * share
    }
}

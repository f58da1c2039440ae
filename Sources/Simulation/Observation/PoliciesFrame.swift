import HalfSpace
import Policies

/// What each policy reads of one step's keys, at the same bytes, and how they fared over the steps that were looked at.
public struct PoliciesFrame: Sendable {
    public enum Phase: Sendable, Equatable {
        /// What is built now.
        case building(String)
        case running
        case failed(String)
    }

    /// Queries that are waited for before policies begin, so that those which learn from the last ones know some.
    public static let queriesKnown = 16

    public var phase = Phase.building("")
    /// The decode step of the newest look, and the keys present then.
    public var step = 0
    public var n = 0
    /// Bytes that each may read for a query, and the reported keys of a step that it follows from.
    public var budget = 0
    public var reported = 0
    /// Bytes of all keys and values.
    public var cacheBytes = 0
    /// Queries of the prompt that were known; steps that were looked at, and steps that policies saw.
    public var asked = 0
    public var looks = 0
    public var followed = 0
    /// Whether queries come after the keys and from elsewhere, so that no key is near in time.
    public var isPooled = false
    /// Where the text went on when its last tokens stood there before, in a model's context.
    public var needle: Int?
    /// Positions are counted in so many bins of equal width.
    public var bins = 0
    /// Rows that the oracle reads in each bin, and their number.
    public var oracle: [UInt32] = []
    public var oracleRows = 0
    public var rows: [Row] = []

    public init() {}

    /// One policy.
    public struct Row: Sendable {
        public var kind: PolicyKind
        /// Its parameters, named as in its publication.
        public var parameters: [(name: String, value: String)]
        /// By bin: rows that it reads, rows of the oracle's that it does not, and rows that it has evicted for ever.
        public var read: [UInt32]
        public var missed: [UInt32]
        public var gone: [UInt32]
        /// Of the newest look.
        public var outcome: Outcome
        /// Medians over the last looks.
        public var median: Outcome
        /// Whether it reads the needle's row, and whether it still could; nil where there is none.
        public var readsNeedle: Bool?
        public var keepsNeedle = true
        public var note: String

        public init(
            kind: PolicyKind, parameters: [(name: String, value: String)], read: [UInt32], missed: [UInt32],
            gone: [UInt32], outcome: Outcome, median: Outcome, note: String
        ) {
            (self.kind, self.parameters) = (kind, parameters)
            (self.read, self.missed, self.gone) = (read, missed, gone)
            (self.outcome, self.median, self.note) = (outcome, median, note)
        }
    }

    /// Figures of one look, or medians of several.
    public struct Outcome: Sendable {
        public var rows: Double
        public var recall: Double
        public var mass: Double
        /// Relative, against float64.
        public var error: Double
        public var bytes: ReadBytes
        public var evicted: Int
        /// The bytes that it needs at least where it read nothing.
        public var least: Int?

        public init(
            rows: Double, recall: Double, mass: Double, error: Double, bytes: ReadBytes, evicted: Int = 0,
            least: Int? = nil
        ) {
            (self.rows, self.recall, self.mass, self.error) = (rows, recall, mass, error)
            (self.bytes, self.evicted, self.least) = (bytes, evicted, least)
        }
    }

    /// The least error first; those that could read nothing last.
    public var ranked: [Row] {
        rows.enumerated().sorted { a, b in
            let (x, y) = (a.element.rank, b.element.rank)
            return x != y ? x < y : a.offset < b.offset
        }.map(\.element)
    }
}

extension PoliciesFrame.Row {
    fileprivate var rank: Double { outcome.least == nil ? median.error : .infinity }
}

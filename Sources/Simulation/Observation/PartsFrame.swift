import HalfSpace

/// The practical counterparts of the paper's Part 1 and Part 2 (and the planner's choice) raced on the same queries.
public struct PartsFrame: Sendable {
    public struct Part: Sendable {
        public var kind: IndexKind
        /// Why it is not here, one sentence; nil if it was measured.
        public var refusal: String?
        public var initSeconds: Double
        /// Beside the keys and values.
        public var bytes: Int
        /// Seconds a step.
        public var query: Spread
        /// Queries after which it has paid for itself against naive, T_init/(T_naive − T_query); nil if never.
        public var breakEven: Double?

        public init(
            kind: IndexKind, refusal: String? = nil, initSeconds: Double = 0, bytes: Int = 0,
            query: Spread = Spread([]), breakEven: Double? = nil
        ) {
            self.kind = kind
            self.refusal = refusal
            self.initSeconds = initSeconds
            self.bytes = bytes
            self.query = query
            self.breakEven = breakEven
        }
    }

    /// Part 1 first, then Part 2.
    public var parts: [Part]
    /// The index in use, where it is neither.
    public var inUse: Part?
    /// Naive on the same queries, seconds a step.
    public var naive: Spread
    /// Keys, and queries that went in.
    public var n: Int
    public var queries: Int
    /// How far it is, 0…1; nil when it is done.
    public var fraction: Double?

    public init(parts: [Part], naive: Spread, n: Int, queries: Int, fraction: Double? = nil) {
        self.parts = parts
        self.naive = naive
        self.n = n
        self.queries = queries
        self.fraction = fraction
    }

    /// What was measured of an index; nil where it was not, or cannot serve.
    public func measured(_ kind: IndexKind) -> Part? {
        (parts + [inUse].compactMap { $0 }).first { $0.kind == kind && $0.refusal == nil }
    }

    /// Queries after which the costlier Part 2 has overtaken Part 1, m* = (T_init₂ − T_init₁)/(T_query₁ − T_query₂); nil if
    /// never, or while one of them is not measured.
    public var overtaking: Double? {
        guard parts.count == 2, parts.allSatisfy({ $0.refusal == nil }) else { return nil }
        let (gain, price) = (
            parts[0].query.median - parts[1].query.median, parts[1].initSeconds - parts[0].initSeconds
        )
        return gain > 0 ? max(0, price / gain) : nil
    }
}

/// What the operations of a decode step take on a machine: the units in which indexes reckon their costs.
///
/// ``measured()`` fills it in well under a second; ``MachineCostsFile`` keeps it for the next start.
public struct MachineCosts: Sendable, Equatable, Codable {
    /// What reads take from one of two places.
    public struct Memory: Sendable, Equatable, Codable {
        /// Bytes read in order, a microsecond.
        public var bytes: Double
        /// Microseconds for a cache line from anywhere, when many are asked for at once.
        public var line: Double
        /// Microseconds for a cache line that follows such a line, or shares its page.
        public var beside: Double
        /// Microseconds for a cache line that has to be there before the next can be asked for.
        public var wait: Double

        public init(bytes: Double, line: Double, beside: Double, wait: Double) {
            self.bytes = bytes
            self.line = line
            self.beside = beside
            self.wait = wait
        }
    }

    /// Beyond every cache, where a cold step reads, and within them, where a warm one does.
    public var far: Memory
    public var near: Memory
    /// Bytes that stay near from one step to the next.
    public var nearBytes: Double
    /// Float32 products summed, a microsecond, of keys that are near.
    public var products: Double
    /// Entries of codes compared, a microsecond, of codes that are near.
    public var codes: Double
    /// The same for each of several queries that are looked for in one reading.
    public var codesTogether: Double
    /// Exponentials a microsecond.
    public var exponentials: Double
    /// Whether it was measured on this machine.
    public var isMeasured = false

    /// Round figures in the proportions of a common processor: for tests, which must not depend on a clock, and for where
    /// nothing can be measured. No program should plan with them for long.
    public static let assumed = MachineCosts(
        far: Memory(bytes: 16_000, line: 0.004, beside: 0.004, wait: 0.15),
        near: Memory(bytes: 80_000, line: 0.0015, beside: 0.0015, wait: 0.005),
        nearBytes: 4_000_000, products: 20_000, codes: 50_000, codesTogether: 50_000,
        exponentials: 3000)

    /// Whether every figure is a number that a machine can have.
    public var isSound: Bool {
        [
            far.bytes, far.line, far.beside, far.wait, near.bytes, near.line, near.beside, near.wait, nearBytes,
            products,
            codes, codesTogether, exponentials,
        ].allSatisfy { $0 >= 1e-6 && $0 <= 1e12 }
    }
}

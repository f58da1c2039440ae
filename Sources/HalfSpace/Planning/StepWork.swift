import Foundation

/// What a decode step does, in counts that are the same on every machine: what an index expects of itself, or what was
/// counted. ``MachineCosts`` turns it into time.
public struct StepWork: Sendable, Equatable {
    /// One part of a step; its reads and its arithmetic overlap.
    public struct Phase: Sendable, Equatable {
        /// "codes", "candidates", "values": for tables and the screen.
        public var name: String
        /// Bytes read in order.
        public var bytes = 0.0
        /// Cache lines of rows that are picked, asked for ahead.
        public var lines = 0.0
        /// Those of the lines that lie by themselves: the others follow one that was read, or share its page.
        public var places = 0.0
        /// Float32 products summed.
        public var products = 0.0
        /// Entries of codes compared.
        public var codes = 0.0
        /// Those compared for several queries in one reading.
        public var codesTogether = 0.0
        public var exponentials = 0.0

        /// Lines lie all by themselves if `places` is left out.
        public init(
            _ name: String, bytes: Double = 0, lines: Double = 0, places: Double? = nil, products: Double = 0,
            codes: Double = 0, codesTogether: Double = 0, exponentials: Double = 0
        ) {
            self.name = name
            self.bytes = bytes
            self.lines = lines
            self.places = min(lines, places ?? lines)
            self.products = products
            self.codes = codes
            self.codesTogether = codesTogether
            self.exponentials = exponentials
        }
    }

    /// Cache lines that are waited for one after the other, if the step finds nothing near: its code, its tables, the first
    /// lines of its lists.
    public var waits: Double
    /// Bytes of the arrays from which lines are read: where those of another query lie.
    public var area: Double
    /// Queries of which each counts its part of the bytes read in order: together they touch so many times as much.
    public var sharers: Double
    public var phases: [Phase]

    public init(waits: Double, area: Double = 0, sharers: Int = 1, _ phases: [Phase]) {
        self.waits = waits
        self.area = area
        self.sharers = Double(sharers)
        self.phases = phases.filter { $0 != Phase($0.name) }
    }

    /// Bytes touched: whether they stay near decides what a warm step takes.
    public var bytes: Double { phases.reduce(0) { $0 + sharers * $1.bytes + $1.lines * MachineCosts.lineBytes } }
}

extension MachineCosts {
    /// Bytes of a cache line.
    public static let lineBytes = 64.0
    /// Bytes of a page, whose place in memory is looked up once.
    public static let pageBytes = 4096.0

    /// Pages of `bytes` bytes on which `count` rows lie that are picked by chance.
    static func pages(of count: Double, in bytes: Double) -> Double {
        let pages = max(1, bytes / pageBytes)
        return pages * (1 - exp(-count / pages))
    }

    /// Where a step finds what it reads.
    public enum State: Sendable, CaseIterable {
        /// Beyond every cache, as in a model whose other heads were read since.
        case cold
        /// Where the last step left it: near, if it fits there.
        case warm
    }

    /// Microseconds of a phase: of its reads and its arithmetic whatever is longer.
    public func microseconds(of phase: StepWork.Phase, from memory: Memory) -> Double {
        max(
            reading(of: phase, from: memory),
            phase.products / products + phase.codes / codes + phase.codesTogether / codesTogether
                + phase.exponentials / exponentials)
    }

    /// Microseconds that a phase's reads take.
    private func reading(of phase: StepWork.Phase, from memory: Memory) -> Double {
        phase.bytes / memory.bytes + phase.places * memory.line + (phase.lines - phase.places) * memory.beside
    }

    /// What a step's reads take: a warm one finds near what fits there, bytes of the step before and lines of any.
    public func memory(of work: StepWork, _ state: State) -> Memory {
        guard state == .warm else { return far }
        let (order, random) = (work.bytes <= nearBytes, max(work.area, work.bytes) <= nearBytes)
        let lines = random ? near : far
        return Memory(bytes: (order ? near : far).bytes, line: lines.line, beside: lines.beside, wait: near.wait)
    }

    /// Microseconds that a step's reads take at these rates, were there nothing else to do.
    public func reading(of work: StepWork, _ state: State) -> Double {
        let memory = memory(of: work, state)
        return work.phases.reduce(0) { $0 + reading(of: $1, from: memory) }
    }

    /// Microseconds of a step.
    public func microseconds(of work: StepWork, _ state: State) -> Double {
        let memory = memory(of: work, state)
        return work.phases.reduce(work.waits * memory.wait) { $0 + microseconds(of: $1, from: memory) }
    }
}

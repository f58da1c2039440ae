/// Asks every index for half-spaces, sums and largest sets of hard point sets, and compares with the definition.
///
/// Case i of a run that starts at seed X has seed X + i, and everything in it follows from its seed.
public struct IndexVerifier: Sendable {
    /// What was covered.
    public struct Tally: Sendable {
        public var cases = 0
        public var sets = 0
        public var sums = 0
        public var largest = 0
        /// For each index the cases that it served, and those that it refused with a reason.
        public var served: [String: Int] = [:]
        public var refused: [String: Int] = [:]
        public var shapes: Set<String> = []
        public var dimensions: ClosedRange<Int>?
        public var counts: ClosedRange<Int>?

        mutating func cover(_ fuzz: FuzzCase) {
            cases += 1
            shapes.insert(fuzz.shape.rawValue)
            dimensions = min(dimensions?.lowerBound ?? fuzz.d, fuzz.d)...max(dimensions?.upperBound ?? fuzz.d, fuzz.d)
            counts = min(counts?.lowerBound ?? fuzz.n, fuzz.n)...max(counts?.upperBound ?? fuzz.n, fuzz.n)
        }
    }

    /// A difference from the definition, and the case that shows it.
    public struct Mismatch: Error, CustomStringConvertible {
        /// The seed that shows it as the first case.
        public let seed: UInt64
        public let index: String
        public let description: String
    }

    public let choices: [IndexChoice]
    public private(set) var tally = Tally()
    private var next: UInt64

    /// - Parameters:
    ///   - seed: The first case; the others follow from it.
    ///   - choices: The indexes to try; all of them and the planner if empty.
    public init(seed: UInt64, choices: [IndexChoice] = []) {
        next = seed
        self.choices = choices.isEmpty ? IndexKind.allCases.map { .fixed($0) } + [.auto] : choices
    }

    /// Runs one case through every index.
    /// - Throws: ``Mismatch``.
    public mutating func runCase() throws {
        let fuzz = FuzzCase(seed: next)
        next &+= 1
        tally.cover(fuzz)
        var random = SplitMix(seed: fuzz.seed ^ 0x5eed)
        let (keys, values) = fuzz.data(&random)
        for choice in choices {
            let store = fuzz.store(for: keys + values)
            try store.append(
                keys: Array(keys[..<(fuzz.prompt * fuzz.d)]), values: Array(values[..<(fuzz.prompt * fuzz.dv)]))
            let index: ReportingIndex
            do {
                index = try ReportingIndex(store: store, choice: choice)
            } catch is IndexCannotServe {
                tally.refused[choice.name, default: 0] += 1
                continue
            }
            tally.served[choice.name, default: 0] += 1
            var check = IndexCheck(fuzz: fuzz, choice: choice, index: index)
            var questions = random
            try check.ask(2, &questions)
            for row in fuzz.prompt..<fuzz.n {
                try store.append(
                    keys: Array(keys[row * fuzz.d..<(row + 1) * fuzz.d]),
                    values: Array(values[row * fuzz.dv..<(row + 1) * fuzz.dv]))
                index.extend()
            }
            try check.ask(4, &questions)
            if fuzz.prompt < fuzz.n {
                let length = (fuzz.prompt + fuzz.n) / 2
                index.truncate(to: length)
                store.truncate(to: length)
                try check.ask(1, &questions)
            }
            tally.sets += check.sets
            tally.sums += check.sums
            tally.largest += check.largest
        }
    }
}

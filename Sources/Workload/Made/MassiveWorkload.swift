import HalfSpace

/// A document: the workload in which a few keys hold most of the attention, as in real models.
///
/// The prompt's positions come in runs, each about one topic, and a topic is a direction in key space. Within a run the
/// content words carry the topic and the function words hardly; some paragraphs are denser than others. A few sinks
/// stand at the start, near every topic and with values close to zero. Queries drift from topic to topic, and a decode
/// step's key lies where its query looks, so that the newest keys are often attended. Above d = 8 the noise lies
/// mostly in a few shared directions, since real keys are of low rank; ``Shape/rank`` says how low.
///
/// Every row is a function of seed, sequence and position: no row needs another.
public struct MassiveWorkload: RowSource {
    /// The shape of the document; the defaults put about 2 to 3 % of 65 536 keys above the calibrated threshold.
    public struct Shape: Sendable, Equatable {
        /// Topics, and the runs that a prompt has of them.
        public var topics = 14
        public var runs = 26
        /// The decode steps that a query stays with a topic.
        public var stepsPerTopic = 26
        /// The length of a content word's key before noise, of a function word's, and of a sink's.
        public var contentNorm: Float = 2
        public var functionNorm: Float = 0.35
        public var sinkNorm: Float = 3.5
        /// The standard deviation of the noise in any direction.
        public var noise: Float = 0.4
        /// The standard deviation of a query's scores over the keys: the temperature.
        public var logitSpread: Float = 2
        /// The dimensions of a random subspace in which topics, sinks and shared noise lie; nil: topics and sinks lie
        /// anywhere, and each key has half as much noise of its own in every direction as in the shared ones.
        public var rank: Int?
        /// With a rank, the length of a key's own noise, which leaves the subspace, against that of its noise inside: a
        /// hundredth of the variance, as 28 of their 32 components leave of the bundled trace's keys.
        public var ownNoise: Float = 0.1

        public init() {}
    }

    public let dimension: Int
    public let promptLength: Int
    public var valueDimension: Int { dimension }
    public var appendsKeys: Bool { true }

    let shape: Shape
    let seed: UInt64
    /// The rows at the start that are sinks.
    let sinks: Int
    /// The rows at the end of the prompt that were written as decode steps are.
    let recent: Int
    let runs: TopicRuns
    let topics: Directions
    let topicValues: Directions
    let sinkDirection: [Float]
    /// The shared directions of the noise: those of the rank, else none up to d = 8.
    let basis: Directions
    /// What a query of length 1 is multiplied by to give scores the wanted spread.
    let queryScale: Float
    let promptRandoms: RowRandoms

    /// - Throws: ``WorkloadError`` if n, d or the rank is out of range.
    public init(n: Int, d: Int, seed: UInt64, shape: Shape = Shape()) throws(WorkloadError) {
        try WorkloadLimits.check(n: n, d: d)
        if let rank = shape.rank, !(1...d).contains(rank) { throw .rankOutOfRange(rank, dimension: d) }
        dimension = d
        promptLength = n
        self.seed = seed
        self.shape = shape
        sinks = min(64, n / 32)
        recent = min(n / 64, 40 * shape.stepsPerTopic)
        runs = TopicRuns(
            length: max(16, n / shape.runs), topics: shape.topics,
            random: CounterRandom(seed: seed, stream: .runs))
        let axes = CounterRandom(seed: seed, stream: .basis)
        let places = Directions(
            count: shape.topics, dimension: shape.rank ?? d, random: CounterRandom(seed: seed, stream: .topics))
        if let rank = shape.rank {
            basis = .orthonormal(count: rank, dimension: d, random: axes)
            topics = places.lifted(by: basis)
        } else {
            basis = Directions(count: d > 8 ? 8 : 0, dimension: d, random: axes)
            topics = places
        }
        topicValues = Directions(
            count: shape.topics, dimension: d, random: CounterRandom(seed: seed, stream: .topicValues))
        sinkDirection = Self.meanDirection(of: topics, first: 4)
        queryScale = Self.queryScale(topics: topics, shape: shape)
        promptRandoms = RowRandoms(seed: seed, sequence: 0)
    }

    public func step(_ step: Int, sequence: Int) -> DecodeInput {
        let row = promptLength + step
        let randoms = RowRandoms(seed: seed, sequence: sequence)
        return DecodeInput(
            query: query(step, randoms: randoms),
            key: Self.row(dimension) { writeKey(row, randoms: randoms, run: nil, to: $0) },
            value: Self.row(dimension) { writeValue(row, randoms: randoms, run: nil, to: $0) })
    }

    private static func row(_ width: Int, write: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        [Float](unsafeUninitializedCapacity: width) { out, count in
            guard let base = out.baseAddress else { return }
            write(base)
            count = width
        }
    }

    private static func meanDirection(of topics: Directions, first count: Int) -> [Float] {
        let sum = (0..<topics.dimension).map { t in
            (0..<min(count, topics.count)).reduce(Float(0)) { $0 + topics.entries[$1 * topics.dimension + t] }
        }
        let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return norm > 0 ? sum.map { $0 / norm } : Array(topics[0])
    }

    /// The spread that unit queries along the topics have over the keys follows from the shape, up to the noise of
    /// the queries.
    private static func queryScale(topics: Directions, shape: Shape) -> Float {
        let share = WordWeight.meanContentShare
        let square =
            share * shape.contentNorm * shape.contentNorm + (1 - share) * shape.functionNorm * shape.functionNorm
        let mean = share * shape.contentNorm + (1 - share) * shape.functionNorm
        var variances: Float = 0
        for a in 0..<topics.count {
            let products = (0..<topics.count).map { topics.product(a, with: topics[$0]) }
            let first = products.reduce(0, +) / Float(topics.count)
            let second = products.reduce(0) { $0 + $1 * $1 } / Float(topics.count)
            variances += square * second - mean * mean * first * first + shape.noise * shape.noise
        }
        let deviation = (variances / Float(topics.count)).squareRoot()
        return shape.logitSpread * Float(topics.dimension).squareRoot() / deviation
    }
}

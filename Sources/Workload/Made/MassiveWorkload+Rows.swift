import HalfSpace

/// The random numbers that rows of one sequence draw from.
struct RowRandoms: Sendable {
    let keys: CounterRandom
    let values: CounterRandom
    let queries: CounterRandom
    let words: CounterRandom
    let drift: CounterRandom

    init(seed: UInt64, sequence: Int) {
        keys = CounterRandom(seed: seed, stream: .keys, sequence: sequence)
        values = CounterRandom(seed: seed, stream: .values, sequence: sequence)
        queries = CounterRandom(seed: seed, stream: .queries, sequence: sequence)
        words = CounterRandom(seed: seed, stream: .words, sequence: sequence)
        drift = CounterRandom(seed: seed, stream: .drift, sequence: sequence)
    }
}

/// How much of its topic a position carries.
enum WordWeight {
    /// The share of content words, from the thinnest paragraph to the densest.
    static let contentShare: ClosedRange<Double> = 0.07...0.5
    static let meanContentShare = Float(contentShare.lowerBound + contentShare.upperBound) / 2

    /// Whether a word carries content, given uniform numbers for it and for its paragraph.
    static func isContent(word: Double, paragraph: Double) -> Bool {
        word < contentShare.lowerBound + (contentShare.upperBound - contentShare.lowerBound) * paragraph
    }
}

extension MassiveWorkload {
    func fillKeys(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
        write(rows, width: dimension, into: out) { writeKey($0, randoms: promptRandoms, run: $1, to: $2) }
    }

    func fillValues(_ rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
        write(rows, width: valueDimension, into: out) { writeValue($0, randoms: promptRandoms, run: $1, to: $2) }
    }

    /// Writes rows one by one, looking a run up once.
    private func write(
        _ rows: Range<Int>, width: Int, into out: UnsafeMutableBufferPointer<Float>,
        row: (Int, TopicRuns.Run, UnsafeMutablePointer<Float>) -> Void
    ) {
        precondition(out.count == rows.count * width)
        guard let base = out.baseAddress else { return }
        var run = runs.run(at: rows.lowerBound)
        for p in rows {
            if p >= run.places.upperBound { run = runs.run(at: p) }
            row(p, run, base + (p - rows.lowerBound) * width)
        }
    }

    /// What a row or a query is about: a place `lean` of the way from one topic to the next, and how far out it lies.
    struct Subject {
        var topic: Int
        var nextTopic: Int
        var lean: Float
        var weight: Float
    }

    /// Key p: sinks first, then the document's words, then those written by decode steps.
    func writeKey(_ p: Int, randoms: RowRandoms, run: TopicRuns.Run?, to out: UnsafeMutablePointer<Float>) {
        let d = dimension
        let norm = Float(0.75 + 0.5 * randoms.words.uniform(UInt64(p) &* 2))
        let noise = shape.noise * norm
        writeNoise(p, own: noise * ownNoise, shared: noise, random: randoms.keys, to: out)
        if p < sinks {
            add(topics, p % topics.count, times: shape.sinkNorm, to: out)
            for t in 0..<d { out[t] += 0.35 * shape.sinkNorm * sinkDirection[t] }
            return
        }
        let subject = subject(of: p, randoms: randoms, run: run)
        add(topics, subject.topic, times: norm * subject.weight * (1 - subject.lean), to: out)
        if subject.lean > 0 {
            add(topics, subject.nextTopic, times: norm * subject.weight * subject.lean, to: out)
        }
    }

    /// A key's own noise in every entry, against its noise in a shared direction.
    private var ownNoise: Float {
        if let rank = shape.rank { return shape.ownNoise * (Float(rank) / Float(dimension)).squareRoot() }
        return basis.count > 0 ? 0.5 : 1
    }

    /// Value p: its topic's own vector and noise; a sink's is close to zero, as in real models.
    func writeValue(_ p: Int, randoms: RowRandoms, run: TopicRuns.Run?, to out: UnsafeMutablePointer<Float>) {
        let d = valueDimension
        randoms.values.fillNormal(p..<(p + 1), width: d, into: UnsafeMutableBufferPointer(start: out, count: d))
        let noise: Float = p < sinks ? 0.02 : 0.3
        for t in 0..<d { out[t] *= noise }
        guard p >= sinks else { return }
        let subject = subject(of: p, randoms: randoms, run: run)
        add(topicValues, subject.topic, times: 1 - subject.lean, to: out)
        if subject.lean > 0 { add(topicValues, subject.nextTopic, times: subject.lean, to: out) }
    }

    private func subject(of p: Int, randoms: RowRandoms, run: TopicRuns.Run?) -> Subject {
        if p >= promptLength - recent {
            var subject = path(p - promptLength, randoms: randoms)
            let content = randoms.words.uniform(UInt64(p) &* 2 &+ 1) < 0.9
            subject.weight = content ? 1.15 * shape.contentNorm : shape.functionNorm
            return subject
        }
        let run = run ?? runs.run(at: p)
        let paragraph = runs.random.uniform(UInt64(p / max(1, runs.length / 12)) | 1 << 63)
        let content = WordWeight.isContent(word: randoms.words.uniform(UInt64(p) &* 2 &+ 1), paragraph: paragraph)
        return Subject(
            topic: run.topic, nextTopic: run.topic, lean: 0, weight: content ? shape.contentNorm : shape.functionNorm)
    }

    /// What decode step `step` is about: it stays with a topic for about half a run and moves to the next.
    func path(_ step: Int, every: Int? = nil, randoms: RowRandoms) -> Subject {
        let run = TopicRuns(length: every ?? shape.stepsPerTopic, topics: topics.count, random: randoms.drift).run(
            at: step)
        let along = Float(step - run.places.lowerBound) / Float(run.places.count)
        let x = max(0, (along - 0.55) / 0.45)
        return Subject(
            topic: run.topic, nextTopic: run.nextTopic, lean: x * x * (3 - 2 * x), weight: shape.contentNorm)
    }

    /// The query of a step: along its path, with something else aside that changes at its own pace, a little of the
    /// sinks' direction, and noise.
    func query(_ step: Int, randoms: RowRandoms) -> [Float] {
        let d = dimension
        let subject = path(step, randoms: randoms)
        let aside = path(step, every: shape.stepsPerTopic * 3 / 2, randoms: randoms)
        let norm = Float(0.85 + 0.3 * randoms.queries.uniform(UInt64(step) | 1 << 63))
        return [Float](unsafeUninitializedCapacity: d) { buffer, count in
            count = d
            guard let out = buffer.baseAddress else { return }
            // Of the same length in every dimension: a query looks at its topic, however many entries it has.
            let noise = 0.18 * (8 / Float(max(8, d))).squareRoot()
            let shared = 0.15 * (8 / Float(max(8, basis.count))).squareRoot()
            writeNoise(step, own: noise, shared: shared, random: randoms.queries, to: out)
            add(topics, subject.topic, times: 1 - subject.lean, to: out)
            add(topics, subject.nextTopic, times: subject.lean, to: out)
            add(topics, aside.topic, times: 0.4 * (1 - aside.lean), to: out)
            add(topics, aside.nextTopic, times: 0.4 * aside.lean, to: out)
            var square: Float = 1e-12
            for t in 0..<d {
                out[t] += 0.2 * sinkDirection[t]
                square += out[t] * out[t]
            }
            let scale = norm * queryScale / square.squareRoot()
            for t in 0..<d { out[t] *= scale }
        }
    }

    /// Noise of row p: `own` in every entry and `shared` along each of the shared directions.
    private func writeNoise(
        _ p: Int, own: Float, shared: Float, random: CounterRandom, to out: UnsafeMutablePointer<Float>
    ) {
        let d = dimension
        random.fillNormal(p..<(p + 1), width: d, into: UnsafeMutableBufferPointer(start: out, count: d))
        for t in 0..<d { out[t] *= own }
        let pairs = (basis.count + 1) / 2
        for pair in 0..<pairs {
            let (first, second) = random.normalPair(UInt64(p * pairs + pair) | 1 << 62)
            add(basis, 2 * pair, times: shared * first, to: out)
            if 2 * pair + 1 < basis.count { add(basis, 2 * pair + 1, times: shared * second, to: out) }
        }
    }

    /// out += factor · row i.
    @inline(__always)
    private func add(_ rows: Directions, _ i: Int, times factor: Float, to out: UnsafeMutablePointer<Float>) {
        rows.entries.withUnsafeBufferPointer { entries in
            let start = i * dimension
            for t in 0..<dimension { out[t] += factor * entries[start + t] }
        }
    }
}

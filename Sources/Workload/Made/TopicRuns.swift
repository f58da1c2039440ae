/// An endless line of places cut into runs, each about one topic, that can be asked anywhere in O(1).
///
/// Run c begins near c·`length`, moved by up to 0.35 of it; every group of as many runs as there are topics has each topic once.
struct TopicRuns: Sendable {
    /// One run.
    struct Run: Sendable, Equatable {
        var places: Range<Int>
        var topic: Int
        var nextTopic: Int
    }

    let length: Int
    let topics: Int
    let random: CounterRandom

    /// The run that holds `place`, which may be negative; O(topics).
    func run(at place: Int) -> Run {
        var cell = Self.floorQuotient(place, length)
        if place < start(cell) { cell -= 1 } else if place >= start(cell + 1) { cell += 1 }
        return Run(places: start(cell)..<start(cell + 1), topic: topic(cell), nextTopic: topic(cell + 1))
    }

    private func start(_ cell: Int) -> Int {
        cell * length + Int((random.uniform(Self.address(cell, 0)) - 0.5) * 0.7 * Double(length))
    }

    /// The topic of a run: a shuffle of all topics for every group of runs, by Fisher and Yates.
    private func topic(_ cell: Int) -> Int {
        let group = Self.floorQuotient(cell, topics)
        var order = Array(0..<topics)
        for last in stride(from: topics - 1, to: 0, by: -1) {
            order.swapAt(last, Int(random.uniform(Self.address(group, UInt64(last))) * Double(last + 1)))
        }
        return order[cell - group * topics]
    }

    private static func address(_ cell: Int, _ field: UInt64) -> UInt64 {
        UInt64(bitPattern: Int64(cell)) &* 64 &+ field
    }

    private static func floorQuotient(_ a: Int, _ b: Int) -> Int {
        a >= 0 ? a / b : -((b - 1 - a) / b)
    }
}

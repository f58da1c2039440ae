/// One point set and the queries asked of it; everything follows from the seed.
struct FuzzCase: Sendable, CustomStringConvertible {
    let seed: UInt64
    let shape: KeyShape
    let n: Int
    let d: Int
    let dv: Int
    /// How the store keeps numbers, where it can hold those of the shape.
    let format: NumberFormat
    /// Rows present when the index is built; the others are appended.
    let prompt: Int

    /// Sizes at which something ends: a leaf, a group of leaves, a block of the tail.
    private static let sizes = [
        0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 700, 1023, 1025,
    ]

    init(seed: UInt64) {
        self.seed = seed
        var random = SplitMix(seed: seed)
        shape = KeyShape.allCases[Int(random.next() % UInt64(KeyShape.allCases.count))]
        d = random.next() % 2 == 0 ? 1 + Int(random.next() % 8) : 1 + Int(random.next() % 130)
        n =
            random.next() % 4 == 0
            ? Int(random.next() % 2100) : Self.sizes[Int(random.next() % UInt64(Self.sizes.count))]
        dv = [1, d, 3, 16, 17][Int(random.next() % 5)]
        format = NumberFormat.allCases[Int(seed % UInt64(NumberFormat.allCases.count))]
        prompt = random.next() % 2 == 0 ? n : Int(random.next() % UInt64(n + 1))
    }

    var description: String {
        "seed \(seed): \(shape.rawValue) keys, n \(n) (\(n - prompt) appended), d \(d), dv \(dv), \(format.rawValue)"
    }

    /// The rows; the generator goes on to make the queries.
    func data(_ random: inout SplitMix) -> (keys: [Float], values: [Float]) {
        (shape.keys(n, d, &random), (0..<n * dv).map { _ in Float(random.normal()) })
    }

    /// A store for the rows: of the case's format, unless that overflows.
    func store(for entries: [Float]) -> KeyValueStore {
        let fits = entries.allSatisfy { abs($0) < format.overflow }
        return KeyValueStore(
            dimension: d, valueDimension: dv, capacity: max(n, 1), format: fits ? format : .float32)
    }

    /// A query: its direction, and a threshold that is far out, in the middle, or exactly some key's score or beside it.
    func query(_ store: KeyValueStore, _ random: inout SplitMix) -> (vector: [Float], threshold: Double) {
        let shape = QueryShape.allCases[Int(random.next() % UInt64(QueryShape.allCases.count))]
        let vector = shape.vector(store, &random)
        let choice = random.next() % 10
        guard choice > 2, store.count > 0 else {
            return (vector, [-Double.infinity, .infinity, 0][Int(choice % 3)])
        }
        let score = vector.withUnsafeBufferPointer { q in
            (0..<min(store.count, 40)).map { _ in
                Membership.score(q, store.key(Int(random.next() % UInt64(store.count))))
            }.sorted()
        }
        let one = score[choice == 3 ? 0 : Int(random.next() % UInt64(score.count))]
        switch choice {
        case 3, 4, 5: return (vector, one)
        case 6: return (vector, one.nextUp)
        case 7: return (vector, one.nextDown)
        case 8: return (vector, score[score.count - 1] * 1.01)
        default: return (vector, (one + score[score.count - 1]) / 2)
        }
    }
}

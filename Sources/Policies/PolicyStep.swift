import Foundation
import HalfSpace

/// One query over the rows that a store holds, with the scores that several policies ask for.
public final class PolicyStep {
    public let query: [Float]
    public let store: KeyValueStore
    /// Counts up; what is random in a step follows from it and the seed.
    public let number: Int

    public init(_ query: [Float], store: KeyValueStore, number: Int) {
        self.query = query
        self.store = store
        self.number = number
    }

    public var count: Int { store.count }

    /// The score of every row, by the definition of membership; O(n·d) when first asked.
    public private(set) lazy var scores = Membership.scores(of: query, rows: Array(0..<UInt32(count)), in: store)

    /// Rows by falling score, equal ones by position; O(n log n) when first asked.
    public private(set) lazy var falling: [UInt32] = {
        let scores = scores
        return (0..<UInt32(count)).sorted { a, b in
            let (x, y) = (scores[Int(a)], scores[Int(b)])
            return x != y ? x > y : a < b
        }
    }()

    /// The share of all softmax weight that each row has; sums to 1.
    public private(set) lazy var shares = Self.softmax(scores)

    /// Scores of some rows, for a policy that reads those alone; O(k·d).
    func scores(of rows: [UInt32]) -> [Double] { Membership.scores(of: query, rows: rows, in: store) }

    /// `exp(s) / Σ exp(s)`.
    static func softmax(_ scores: [Double]) -> [Double] {
        guard let top = scores.max() else { return [] }
        var weights = scores.map { exp($0 - top) }
        let total = weights.reduce(0, +)
        for i in weights.indices { weights[i] /= total }
        return weights
    }
}

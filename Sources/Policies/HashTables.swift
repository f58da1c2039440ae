import Attention
import CKernels
import Foundation
import HalfSpace

/// Signatures of keys by random hyperplanes: L tables of up to 12 signs each. Fewer signs are the first of them.
final class HashTables {
    static let mostSigns = 12

    let tables: Int
    /// [table][row], a sign a bit.
    private var signatures: [[UInt16]]
    /// Of table l and sign p, at l·12 + p: d floats each.
    private let planes: [[Float]]
    /// What a plane makes of the mean key, which is subtracted from all.
    private let offsets: [Double]
    private let mean: [Double]
    /// ‖k − mean‖.
    private(set) var norms: [Double] = []
    private let store: KeyValueStore

    init(store: KeyValueStore, tables: Int, seed: UInt64) {
        self.store = store
        self.tables = tables
        mean = KeyStatistics(of: store, rows: 0..<store.count).mean
        var random = SplitMix(seed: seed)
        let d = store.dimension
        planes = (0..<tables * Self.mostSigns).map { _ in (0..<d).map { _ in Float(random.normal()) } }
        let mean = mean
        offsets = planes.map { plane in zip(plane, mean).reduce(0) { $0 + Double($1.0) * $1.1 } }
        signatures = Array(repeating: [], count: tables)
        hash(0..<store.count)
    }

    /// Takes in the rows that the store gained.
    func extend() { hash(norms.count..<store.count) }

    private func hash(_ rows: Range<Int>) {
        guard !rows.isEmpty else { return }
        let scratch = Scratch(capacity: rows.count + 16)
        var view = store.kernelRows
        for table in 0..<tables {
            var fresh = Array(repeating: UInt16(0), count: rows.count)
            for sign in 0..<Self.mostSigns {
                let plane = table * Self.mostSigns + sign
                ck_dots(&view, rows.lowerBound, rows.upperBound, scratch.padded(planes[plane]), scratch.dots)
                let offset = Float(offsets[plane])
                for i in fresh.indices where scratch.dots[i] > offset { fresh[i] |= 1 << UInt16(sign) }
            }
            signatures[table] += fresh
        }
        for row in rows {
            var square = 0.0
            for (entry, centre) in zip(store.key(row), mean) {
                square += (Double(entry) - centre) * (Double(entry) - centre)
            }
            norms.append(square.squareRoot())
        }
    }

    /// In how many tables each row's first K signs are the query's, and how many entries the query's buckets have in all.
    func collisions(_ query: [Float], signs: Int) -> (counts: [UInt16], entries: Int) {
        var counts = Array(repeating: UInt16(0), count: norms.count)
        let mask = UInt16((1 << signs) - 1)
        var entries = 0
        for table in 0..<tables {
            var own = UInt16(0)
            for sign in 0..<signs {
                let plane = planes[table * Self.mostSigns + sign]
                let dot = zip(plane, query).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                if dot > 0 { own |= 1 << UInt16(sign) }
            }
            signatures[table].withUnsafeBufferPointer { signatures in
                counts.withUnsafeMutableBufferPointer { counts in
                    var found = 0
                    for row in 0..<counts.count {
                        let isEqual: UInt16 = (signatures[row] ^ own) & mask == 0 ? 1 : 0
                        counts[row] &+= isEqual
                        found &+= Int(isEqual)
                    }
                    entries += found
                }
            }
        }
        return (counts, entries)
    }

    /// The chance that one sign of a row is the query's: `1 − θ/π` with θ the angle between the query and the centred key.
    func agreement(_ step: PolicyStep) -> [Double] {
        let q = step.query.map(Double.init)
        let length = q.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let offset = zip(q, mean).reduce(0) { $0 + $1.0 * $1.1 }
        let root = Double(q.count).squareRoot()
        let scores = step.scores
        return norms.indices.map { row in
            let size = length * norms[row]
            guard size > 0 else { return 0.5 }
            return 1 - acos(min(1, max(-1, (scores[row] * root - offset) / size))) / .pi
        }
    }
}

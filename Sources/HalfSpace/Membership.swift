import CKernels

/// Who is in a half-space, once and for all.
///
/// Key j is reported for query q iff the float64 sum of `q[t]·k[t]` for t = 0 … d−1 in that order, divided by √d, is
/// ≥ b, with b a float64; ties are in. A key that is kept in half precision is the float32 number that it stands for. Each product of two float32 is exact in float64, so fused multiply-add cannot
/// change the sum. Kernels that sum in another order may only decide outside a guard band around b; inside it this
/// definition decides.
public enum Membership {
    /// The score s = ⟨q, k⟩/√d of the definition.
    public static func score(_ query: UnsafeBufferPointer<Float>, _ key: StoredNumbers) -> Double {
        precondition(query.count == key.count && !query.isEmpty)
        guard let q = query.baseAddress else { return 0 }
        let table = ck_table(base: key.base, stride: key.count, format: key.format.kernel)
        return ck_exact_row(table, 0, q, query.count) / Double(query.count).squareRoot()
    }

    /// The scores of some rows of a store, in the same float64 sums; O(k·d) for k rows.
    package static func scores(of query: [Float], rows: [UInt32], in store: KeyValueStore) -> [Double] {
        precondition(query.count == store.dimension && rows.allSatisfy { Int($0) < store.count })
        let d = store.dimension
        return [Double](unsafeUninitializedCapacity: rows.count) { scores, count in
            count = rows.count
            ck_exact_scores(store.kernelRows.keys, d, query, rows, rows.count, scores.baseAddress)
        }
    }

    /// The definition applied to every key: positions in increasing order, O(n·d); the reference of every test.
    public static func positions(of query: Query, in store: KeyValueStore) -> [UInt32] {
        query.vector.withUnsafeBufferPointer { q in
            (0..<store.count).filter { score(q, store.key($0)) >= query.threshold }.map(UInt32.init)
        }
    }
}

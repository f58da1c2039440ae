#if INVARIANTS
    extension KeyValueStore {
        /// Checks what kernels rely on of some rows: entries are finite, none is longer than the bound of norms, and blocks hold
        /// what rows hold. O(rows·(d + dv)).
        func checkInvariants(of rows: Range<Int>) {
            invariant(count <= capacity && rows.upperBound <= count, "rows fit")
            let kernel = kernelRows
            for row in rows {
                invariant(key(row).allSatisfy(\.isFinite) && value(row).allSatisfy(\.isFinite), "entries are finite")
                let norm = key(row).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
                invariant(norm <= largestKeyNorm, "no key is longer than the bound")
                for (entries, blocks) in [(key(row), kernel.key_blocks), (value(row), kernel.value_blocks)] {
                    guard let blocks else { continue }
                    let first = row / 16 * 16 * entries.count + row % 16
                    let kept = StoredNumbers(blocks, count: first + 16 * entries.count, format: format)
                    for t in entries.indices {
                        invariant(kept[first + 16 * t] == entries[t], "blocks hold what rows hold")
                    }
                }
            }
        }
    }
#endif

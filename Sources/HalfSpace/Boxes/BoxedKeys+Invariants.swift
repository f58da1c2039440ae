#if INVARIANTS
    extension BoxedKeys {
        /// Checks what queries rely on: slots are keys, each once, and a node's box and ball hold its keys. O(n·d).
        func checkInvariants(store: KeyValueStore) {
            let d = view.d
            let rows = (0..<count).map { Int(positions.base[$0]) }
            invariant(Set(rows).count == count && rows.allSatisfy { $0 < store.count }, "a slot is a row, each once")
            invariant(view.leaves == (count + Self.leafKeys - 1) / Self.leafKeys, "leaves")
            invariant(view.nodes == (view.leaves + Self.nodeLeaves - 1) / Self.nodeLeaves, "nodes")
            let nodeKeys = Self.leafKeys * Self.nodeLeaves
            for node in 0..<view.nodes {
                guard let tops = view.tops else { return }
                let group = tops + node / 16 * 16 * (2 * d + 1) + node % 16
                for slot in node * nodeKeys..<min(count, (node + 1) * nodeKeys) {
                    let key = store.key(rows[slot])
                    for t in 0..<d {
                        let distance = abs(Double(key[t]) - Double(group[16 * t]))
                        // Bounds are summed in float32, and give way by as much.
                        invariant(distance <= Double(group[16 * (d + t)]) * (1 + 1e-6) + 1e-38, "a box holds its keys")
                    }
                }
            }
        }
    }
#endif

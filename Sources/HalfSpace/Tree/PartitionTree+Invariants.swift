#if INVARIANTS
    extension PartitionTree {
        /// Checks what queries rely on: slots are the rows, each once; the box of a leaf holds its keys, that of a node the boxes
        /// below it. O(n·d).
        func checkInvariants() {
            let rows = (0..<count).map { Int(positions.base[$0]) }
            invariant(Set(rows).count == count && rows.allSatisfy { $0 < store.count }, "a slot is a row, each once")
            for level in 0..<levels {
                invariant(nodes[level] == slotGroups(of: Self.leafSize << (4 * level)), "every slot is below some node")
                for node in 0..<nodes[level] {
                    if level == 0 {
                        for slot in slots(level: 0, node: node) { checkKey(rows[slot], in: box(level: 0, node: node)) }
                    } else {
                        checkChildren(of: node, level: level)
                    }
                }
            }
        }

        private func slotGroups(of size: Int) -> Int { (count + size - 1) / size }

        private func checkKey(_ row: Int, in box: (centre: [Float], half: [Float])) {
            let key = store.key(row)
            for t in key.indices {
                var x = Double(key[t])
                if let frame { x = frame.coordinate(t, of: Array(key)) }
                let distance = abs(Double(Float(x * keyScale)) - Double(box.centre[t]))
                invariant(distance <= Double(box.half[t]), "the box of a leaf holds its keys")
            }
        }

        private func checkChildren(of node: Int, level: Int) {
            let parent = box(level: level, node: node)
            for child in node * Self.fanout..<min((node + 1) * Self.fanout, nodes[level - 1]) {
                let inner = box(level: level - 1, node: child)
                for t in parent.half.indices {
                    let reach = abs(Double(inner.centre[t]) - Double(parent.centre[t])) + Double(inner.half[t])
                    // Half-widths are rounded up.
                    let room = Double(parent.half[t]) * (1 + 1e-5) + abs(Double(parent.centre[t])) * 1e-5 + 1e-37
                    invariant(reach <= room, "the box of a node holds those below it")
                }
            }
        }
    }
#endif

#if INVARIANTS
    extension GrowingBlocks {
        /// Checks what queries rely on: blocks follow each other without a gap from the first row after the prompt on, and the
        /// tail goes from the last of them to the last row.
        func checkInvariants() {
            var next = start
            for block in blocks {
                invariant(block.rows.lowerBound == next && !block.rows.isEmpty, "blocks have no gap")
                next = block.rows.upperBound
            }
            invariant(tailRows.lowerBound == next && next <= end, "the tail begins where blocks end")
        }
    }
#endif

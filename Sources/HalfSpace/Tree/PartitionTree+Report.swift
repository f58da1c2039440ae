import CKernels

extension PartitionTree {
    /// Appends exactly the rows in the half-space.
    func report(_ query: Query, into report: Report) {
        guard count > 0 else { return }
        let scratch = report.treeScratch
        descend(query, scratch: scratch, listsOutside: report.collectsBounds) { descent in
            let before = report.count
            count(descent, in: &report.work)
            withUnsafePointer(to: descent.query) { kernelQuery in
                func list(_ leaves: UnsafePointer<UInt32>, _ leafCount: Int, whole: Bool) {
                    let written = ck_tree_list(
                        descent.tree, kernelQuery, leaves, leafCount, whole ? 1 : 0, scratch.positions,
                        scratch.scores)
                    report.positions.append(
                        contentsOf: UnsafeBufferPointer(start: scratch.positions, count: written))
                    if descent.ordinary {
                        report.scores.append(
                            contentsOf: UnsafeBufferPointer(start: scratch.scores, count: written))
                    } else {
                        appendExactScores(of: query, written, scratch, to: report)
                    }
                    if whole {
                        report.work.wholeKeys += written
                        report.work.bytesRead += leafCount * leafBytes
                    }
                }
                for start in stride(from: 0, to: descent.crossing.count, by: TreeScratch.chunk) {
                    let size = min(TreeScratch.chunk, descent.crossing.count - start)
                    if let leaves = descent.crossing.baseAddress { list(leaves + start, size, whole: false) }
                }
                if report.collectsLevels { addLevels(of: descent, to: report) }
                if report.collectsBounds {
                    addBounds(of: descent, threshold: query.threshold, to: report)
                    report.addPruned(crossingKeys(descent) - (report.count - before), bound: query.threshold)
                }
                forEachWholeLeaf(descent, scratch: scratch) { list($0, $1, whole: true) }
            }
        }
    }

    /// Scores of extreme size, which float32 sums of scaled entries do not give to full precision.
    private func appendExactScores(of query: Query, _ written: Int, _ scratch: TreeScratch, to report: Report) {
        query.vector.withUnsafeBufferPointer { q in
            for i in 0..<written {
                report.scores.append(Float(Membership.score(q, store.key(Int(scratch.positions[i])))))
            }
        }
    }
}

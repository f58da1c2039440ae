import CKernels
import HalfSpace

/// A byte of code for each entry of all keys of a job, in blocks of 64, each with the length of what its codes leave out.
final class CodeBlocks: Sendable {
    static let keysPerBlock = 64
    let blocks: Int
    let groups: Int
    /// The largest code: fine codes, or coarse ones where the kernels read those faster.
    let most: Int32
    private let count: Int
    private let codes: AlignedBuffer<UInt8>
    private let scale: AlignedBuffer<Float>
    private let rest: AlignedBuffer<Float>
    private let reach: AlignedBuffer<Float>
    private let longest: Float

    /// Codes the first `count` keys of the job's store on all workers; O(n·d).
    init(job: PrefillJob, count: Int, crew: Crew) throws {
        self.count = count
        let d = job.d
        let blocks = (count + Self.keysPerBlock - 1) / Self.keysPerBlock
        let groups = (d + 3) / 4
        let codes = AlignedBuffer<UInt8>(count: blocks * groups * 4 * Self.keysPerBlock + 64)
        let scale = AlignedBuffer<Float>(count: blocks)
        let rest = AlignedBuffer<Float>(count: blocks)
        let reach = AlignedBuffer<Float>(count: blocks)
        let most = ck_code_most()
        let chunk = 64
        try crew.run(
            (blocks + chunk - 1) / chunk, scratch: {},
            task: { index, _ in
                guard let keys = job.rows.keys else { return }
                for block in (index * chunk)..<min(blocks, (index + 1) * chunk) {
                    let first = block * Self.keysPerBlock
                    ck_code_block(
                        keys + first * d, min(Self.keysPerBlock, count - first), Int32(d), most,
                        codes.base + block * groups * 4 * Self.keysPerBlock, scale.base + block, rest.base + block,
                        reach.base + block)
                }
            })
        (self.blocks, self.groups, self.most, self.codes) = (blocks, groups, most, codes)
        (self.scale, self.rest, self.reach) = (scale, rest, reach)
        var bounds = ck_codes(
            codes: codes.base, scale: scale.base, rest: rest.base, reach: reach.base, count: count,
            groups: Int32(groups), most: most, longest: 0)
        longest = ck_code_longest(&bounds, blocks)
    }

    var view: ck_codes {
        ck_codes(
            codes: codes.base, scale: scale.base, rest: rest.base, reach: reach.base, count: count,
            groups: Int32(groups), most: most, longest: longest)
    }

    /// Blocks whose codes fit the first-level cache beside a few queries.
    var blocksPerTile: Int { max(1, 24_576 / (groups * 4 * Self.keysPerBlock)) }
}

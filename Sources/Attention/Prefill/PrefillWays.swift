import HalfSpace

/// The ways of computing the rows of one job, each made when it is first wanted, so that what a measurement builds is used.
final class PrefillWays: @unchecked Sendable {
    let job: PrefillJob
    let crew: Crew
    private var madeCodes: CodeBlocks?
    private var madeLists: CodeLists?
    private var madeTree: TreeRows?

    /// Rows that a measurement has computed as they are to be.
    var done = 0..<0

    private let diagonal: Int

    /// Whether `auto` measures however little there is to do.
    let alwaysMeasures: Bool

    init(job: PrefillJob, crew: Crew, diagonal: Int = 1024, alwaysMeasures: Bool = false) {
        self.diagonal = diagonal
        self.alwaysMeasures = alwaysMeasures
        self.job = job
        self.crew = crew
    }

    var dense: DenseRows { DenseRows(job: job) }

    func codes() throws -> CodeRows {
        let blocks = try madeCodes ?? CodeBlocks(job: job, count: job.n, crew: crew)
        madeCodes = blocks
        return CodeRows(job: job, codes: blocks)
    }

    func lists() throws -> CodeLists {
        if let madeLists { return madeLists }
        let lists = CodeLists(job: job, codes: try codes().codes)
        try lists.prime(crew)
        madeLists = lists
        return lists
    }

    func tree() -> TreeRows {
        let tree = madeTree ?? TreeRows(job: job, diagonal: diagonal)
        madeTree = tree
        return tree
    }
}

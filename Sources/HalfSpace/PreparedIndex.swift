import CKernels

/// An index with all that the kernel of a decode step needs to ask it. It is made where the index is built, so that the stream
/// that takes it in makes nothing.
struct PreparedIndex: @unchecked Sendable {
    let index: any StaticIndex
    /// How the kernel asks it; one stream does.
    let part: ck_step_part
    private let memory: StepMemory

    init(_ index: any StaticIndex) {
        self.index = index
        memory = StepMemory()
        part = index.stepPart(in: memory) ?? ck_step_part(add: ck_step_refuse, part: nil)
    }

    /// The rows of the store that it holds.
    var rows: Range<Int> { index.rows }
}

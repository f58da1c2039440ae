import CKernels

/// An index with all that its driver needs to be asked. It is made where the index is built, so that the stream that takes it
/// in makes nothing.
struct PreparedIndex: @unchecked Sendable {
    let index: any StaticIndex
    /// The driver; one stream asks it.
    let part: ck_part
    private let memory: StepMemory

    init(_ index: any StaticIndex) {
        self.index = index
        memory = StepMemory()
        part = index.driver(in: memory)
    }

    /// The rows of the store that it holds.
    var rows: Range<Int> { index.rows }
}

extension ck_part {
    /// A part that looks for none ahead.
    init(find: @escaping ck_find, index: UnsafeRawPointer, lists_values: Int32, traces: Int32) {
        self.init(
            find: find, index: index, lists_values: lists_values, traces: traces, look: nil, most_looks: 0)
    }
}

/// The order of a tensor's axes: H heads, T tokens, d entries; a leading axis of length 1 may stand before them, and a
/// tensor of one head needs none for it.
public enum TensorLayout: String, CaseIterable, Sendable, Codable {
    /// [H, T, d], as attention is computed.
    case htd
    /// [T, H, d], as projections give them.
    case thd
}

/// A tensor as heads of rows: where each row begins, in entries from the tensor's first.
struct HeadedTensor: Sendable {
    let tensor: StoredTensor
    let element: ElementType
    let heads: Int
    let tokens: Int
    let width: Int
    private let layout: TensorLayout
    private let headStride: Int
    /// From a row of a head to its next.
    let tokenStride: Int

    /// - Throws: ``TraceFault`` for a type or a shape that attention is not read from.
    init(_ tensor: StoredTensor, layout: TensorLayout) throws(TraceFault) {
        guard let element = tensor.element else {
            throw TraceFault(path: tensor.path, problem: .wrongType(tensor: tensor.name, type: tensor.type))
        }
        var shape = tensor.shape
        if shape.count == 4, shape[0] == 1 { shape.removeFirst() }
        if shape.count == 2 { shape.insert(1, at: layout == .htd ? 0 : 1) }
        func refusal(_ expected: String) -> TraceFault {
            TraceFault(
                path: tensor.path,
                problem: .wrongShape(tensor: tensor.name, shape: tensor.shape, expected: expected))
        }
        let axes = layout == .htd ? "[heads, tokens, d]" : "[tokens, heads, d]"
        guard shape.count == 3 else { throw refusal("\(axes), [1, …] before it, or [tokens, d]") }
        guard shape.allSatisfy({ $0 > 0 }) else { throw refusal("at least one head, one token and one entry") }
        self.tensor = tensor
        self.element = element
        self.layout = layout
        width = shape[2]
        switch layout {
        case .htd: (heads, tokens, headStride, tokenStride) = (shape[0], shape[1], shape[1] * shape[2], shape[2])
        case .thd: (heads, tokens, headStride, tokenStride) = (shape[1], shape[0], shape[2], shape[1] * shape[2])
        }
    }

    /// The first entry of a head's row.
    func offset(head: Int, row: Int) -> Int { head * headStride + row * tokenStride }

    /// Where an entry stands, in the tensor's own axes.
    func index(head: Int, row: Int, column: Int) -> [Int] {
        let place = layout == .htd ? [head, row, column] : [row, head, column]
        switch tensor.shape.count {
        case 2: return [row, column]
        case 4: return [0] + place
        default: return place
        }
    }
}

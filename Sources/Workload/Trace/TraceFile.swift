/// A trace's file, opened: which layers it has, what it says of them, and the rows of each of their heads.
///
/// Nothing of the tensors themselves is read by opening, so a file of any size opens at once.
struct TraceFile: Sendable {
    let path: String
    let format: String
    let metadata: TraceMetadata
    let options: TraceOptions
    /// The numbers of the layers, ascending.
    let layers: [Int]
    private let collection: TensorCollection
    private let parts: TraceLayer.Parts

    /// - Throws: `WorkloadError` for options that are none, ``TraceFault`` for what is wrong with the file.
    init(path: String, options: TraceOptions) throws {
        if let scale = options.scale, !(scale > 0 && scale.isFinite) { throw WorkloadError.scaleOutOfRange(scale) }
        if let cap = options.softcap, !(cap > 0 && cap.isFinite) { throw WorkloadError.softcapOutOfRange(cap) }
        let names = try TensorNames(pattern: options.names)
        let collection = try TensorFormats.open(path)
        self.path = path
        self.options = options
        self.collection = collection
        format = collection.format
        metadata = try TraceMetadata(collection)
        parts = try TraceLayer.parts(of: collection, names: names)
        layers = parts.keys.sorted()
    }

    /// The tensors of a layer.
    func layer(_ number: Int) throws -> TraceLayer {
        guard layers.contains(number) else { throw WorkloadError.noSuchLayer(number, path: path, layers: layers) }
        return try TraceLayer(
            number: number, parts: parts, layout: options.layout ?? metadata.layout ?? .htd, of: collection)
    }

    /// Whether the cache grows with a layer's queries.
    func isCausal(_ layer: TraceLayer) throws(TraceFault) -> Bool {
        guard options.isCausal ?? metadata.isCausal ?? false else { return false }
        guard layer.tokensBefore >= 0 else {
            throw TraceFault(
                path: layer.queries.tensor.path,
                problem: .wrongShape(
                    tensor: layer.queries.tensor.name, shape: layer.queries.tensor.shape,
                    expected: "no more queries than the \(layer.keys.tokens) keys of \(layer.keys.tensor.name), since"
                        + " it is causal"))
        }
        return true
    }

    /// What ⟨q, k⟩ of a layer is multiplied by.
    func scale(_ layer: TraceLayer) -> Double {
        options.scale ?? metadata.scale ?? 1 / Double(layer.queries.width).squareRoot()
    }

    /// c of the soft cap, where there is one.
    var softcap: Double? { options.softcap ?? metadata.softcap }

    /// What queries are multiplied by so that the engine's scores, ⟨q, k⟩/√d, are the model's, ⟨q, k⟩·scale: 1 where the
    /// scale is 1/√d to float32, and else rounded to float32 with the product.
    func queryFactor(_ layer: TraceLayer) -> Float {
        let factor = scale(layer) * Double(layer.queries.width).squareRoot()
        return abs(factor - 1) < 1e-6 ? 1 : Float(factor)
    }

    /// The logit that a query head's softmax has beside those of its keys.
    func sink(_ layer: TraceLayer, head: Int) throws(TraceFault) -> Double? {
        var sinks = metadata.sinks
        if let tensor = layer.sinks {
            guard let element = tensor.element, tensor.shape.reduce(1, { $0 &* $1 }) == layer.heads else {
                throw TraceFault(
                    path: tensor.path,
                    problem: .wrongShape(
                        tensor: tensor.name, shape: tensor.shape, expected: "a number for each of \(layer.heads) heads")
                )
            }
            let raw = try tensor.bytes.bytes(tensor.start..<(tensor.start + layer.heads * element.bytes))
            let logits = [Float](unsafeUninitializedCapacity: layer.heads) { out, count in
                raw.withUnsafeBytes {
                    element.decode(
                        $0, into: UnsafeMutableBufferPointer(rebasing: out[..<layer.heads]),
                        isBigEndian: tensor.isBigEndian)
                }
                count = layer.heads
            }
            if let bad = logits.firstIndex(where: { !$0.isFinite }) {
                let value = logits[bad].isNaN ? "NaN" : "infinity"
                throw TraceFault(
                    path: tensor.path, problem: .notFinite(tensor: tensor.name, index: [bad], value: value))
            }
            sinks = logits.map(Double.init)
        }
        guard let sinks else { return nil }
        guard sinks.count == layer.heads else {
            throw TraceFault(path: path, problem: .wrongSinkCount(sinks: sinks.count, heads: layer.heads))
        }
        return sinks[head]
    }

    /// "layer 1, head 0 (the model's 8)", where the metadata `heads` give the model's own numbers.
    func caption(_ layer: TraceLayer, head: Int) -> String {
        let model = metadata.heads.count == layer.heads ? " (the model's \(metadata.heads[head]))" : ""
        return "layer \(layer.number), head \(head)\(model)"
    }
}

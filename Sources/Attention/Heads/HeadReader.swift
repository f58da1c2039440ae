import HalfSpace

/// Attention of a head as somebody else reads its cache: other policies than half-space reporting, where they are compared in a
/// whole model.
public protocol HeadReader: AnyObject {
    /// Softmax attention of one query over whatever it reads of the rows present.
    func attend(_ query: [Float], over store: KeyValueStore, into output: AttentionOutput)
}

/// A way in which files hold tensors. A new one is a file in this folder and a line in ``TensorFormats``.
protocol TensorFormat: SendableMetatype {
    /// Whether a path is of this format, from its name and from the first bytes of its file (empty for a folder).
    static func recognises(_ path: TracePath) -> Bool
    /// Reads what there is, not the tensors themselves.
    static func open(_ path: TracePath) throws(TraceFault) -> TensorCollection
}

/// The formats that traces are read from.
enum TensorFormats {
    /// Asked in this order; the last takes whatever is left, and says what is wrong with it.
    static let all: [any TensorFormat.Type] = [
        NumpyFiles.self, NumpyArchive.self, SafetensorsShards.self, PickledTensors.self, SafetensorsFile.self,
    ]

    /// Opens a file, or files that belong together.
    static func open(_ path: String) throws(TraceFault) -> TensorCollection {
        let path = TracePath(path)
        for format in all where format.recognises(path) { return try format.open(path) }
        throw TraceFault(path: path.text, problem: .cannotRead("it is a folder without tensors"))
    }
}

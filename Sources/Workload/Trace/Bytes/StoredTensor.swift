/// A tensor's place: its name, type and shape as a file declares them, and its bytes, row-major.
struct StoredTensor: Sendable {
    var name: String
    /// The type as the file names it: "F16", "<f4".
    var type: String
    var shape: [Int]
    var bytes: any ByteSource
    /// Where in `bytes` the first entry stands.
    var start: Int
    /// nil for types that attention is not read from.
    var element: ElementType?
    var isBigEndian = false

    /// The file that it stands in.
    var path: String { bytes.path }

    /// The bytes that entries of a shape take; nil for a negative length or more than any file holds.
    static func byteCount(_ shape: [Int], width: Int) -> Int? {
        if shape.contains(where: { $0 < 0 }) { return nil }
        if shape.contains(0) { return 0 }
        var count = width
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }
}

/// The tensors of a file, or of files that belong together, by name.
struct TensorCollection: Sendable {
    /// As it was named on the command line.
    var path: String
    /// "safetensors", "npz": for `halfspace trace`.
    var format: String
    var tensors: [String: StoredTensor] = [:]
    var metadata: [String: String] = [:]
}

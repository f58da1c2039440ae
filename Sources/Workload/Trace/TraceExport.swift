/// Writes layers of a model's attention as a trace: a safetensors file of float32 that every command here reads.
public struct TraceExport {
    /// A tensor: "layers.12.q", its shape, and its numbers, row-major.
    public struct Tensor {
        public var name: String
        public var shape: [Int]
        public var numbers: [Float]

        public init(name: String, shape: [Int], numbers: [Float]) {
            (self.name, self.shape, self.numbers) = (name, shape, numbers)
        }
    }

    private let tensors: [Tensor]
    private let metadata: [String: String]

    public init(_ tensors: [Tensor], metadata: [String: String]) {
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    /// Gives the file's bytes to `write`, a slice at a time.
    /// - Throws: what `write` throws.
    public func write(to write: ([UInt8]) throws -> Void) throws {
        try write(TraceRecording.header(metadata, tensors.map { ($0.name, $0.shape) }))
        for tensor in tensors {
            try tensor.numbers.withUnsafeBufferPointer { try TraceRecording.slices($0, write) }
        }
    }
}

/// Numbers of a store, read as float32 whatever the format in which they are kept; valid while the store lives and is not
/// truncated.
public struct StoredNumbers: RandomAccessCollection {
    @usableFromInline let base: UnsafeRawPointer
    public let format: NumberFormat
    public let count: Int

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { count }

    init(_ base: UnsafeRawPointer, count: Int, format: NumberFormat) {
        (self.base, self.count, self.format) = (base, count, format)
    }

    @inlinable public subscript(i: Int) -> Float {
        precondition(i >= 0 && i < count)
        if format == .float32 { return base.load(fromByteOffset: 4 &* i, as: Float.self) }
        let bits = UInt32(base.load(fromByteOffset: 2 &* i, as: UInt16.self))
        if format == .bfloat16 { return Float(bitPattern: bits << 16) }
        // The exponent of a half lies 112 below that of a float.
        let size = Float(bitPattern: (bits & 0x7fff) << 13) * 0x1p112
        return bits & 0x8000 == 0 ? size : -size
    }

    public func withContiguousStorageIfAvailable<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R? {
        guard format == .float32 else { return nil }
        return try body(
            UnsafeBufferPointer(start: base.bindMemory(to: Float.self, capacity: count), count: count))
    }
}

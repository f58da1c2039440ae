/// A NaN or an infinity in input, or a number that a store would keep as infinity, named by where it stands.
public struct NonFiniteEntry: Error, Equatable, CustomStringConvertible {
    /// The input that holds it.
    public enum Source: String, Sendable { case keys, values, query }

    public let array: Source
    public let row: Int
    public let column: Int
    /// The finite number that a store cannot keep, and the store's format.
    public var overflow: Overflow?

    /// What is too large for a format.
    public struct Overflow: Equatable, Sendable {
        public let value: Float
        public let format: NumberFormat
    }

    public var description: String {
        let place = array == .query ? "the query's entry \(column)" : "\(array.rawValue) row \(row), column \(column)"
        guard let overflow else { return "\(place) is not a finite number; remove NaN and infinity from the input" }
        let others = overflow.format == .float16 ? "bf16 or f32" : "f32"
        return "\(place) is \(overflow.value), which \(overflow.format.title) cannot hold; store \(others) instead"
    }

    /// Throws for the first entry of a row-major array that is not finite in a format.
    static func check(
        _ entries: [Float], array: Source, columns: Int, firstRow: Int = 0, format: NumberFormat = .float32
    ) throws(NonFiniteEntry) {
        let overflow = format.overflow
        guard let at = entries.firstIndex(where: { !(abs($0) < overflow) }) else { return }
        var fault = NonFiniteEntry(array: array, row: firstRow + at / columns, column: at % columns)
        if entries[at].isFinite { fault.overflow = Overflow(value: entries[at], format: format) }
        throw fault
    }
}

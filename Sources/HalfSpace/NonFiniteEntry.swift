/// A NaN or an infinity in input, named by where it stands.
public struct NonFiniteEntry: Error, Equatable, CustomStringConvertible {
    /// The input that holds it.
    public enum Source: String, Sendable { case keys, values, query }

    public let array: Source
    public let row: Int
    public let column: Int

    public var description: String {
        let place = array == .query ? "the query's entry \(column)" : "\(array.rawValue) row \(row), column \(column)"
        return "\(place) is not a finite number; remove NaN and infinity from the input"
    }

    /// Throws for the first entry of a row-major array that is not finite.
    static func check(_ entries: [Float], array: Source, columns: Int, firstRow: Int = 0) throws(NonFiniteEntry) {
        guard let at = entries.firstIndex(where: { !$0.isFinite }) else { return }
        throw NonFiniteEntry(array: array, row: firstRow + at / columns, column: at % columns)
    }
}

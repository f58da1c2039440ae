import HalfSpace

/// ‖V‖_∞, the largest entry of the values by size, kept as they arrive; keep a copy to go back to after a truncation.
public struct ValueNorm: Sendable, Equatable {
    public private(set) var value = 0.0

    public init() {}

    /// Of all values of a store.
    public init(of store: KeyValueStore) { add(store.values) }

    public mutating func add(_ values: StoredNumbers) {
        var largest = Float(value)
        for entry in values { largest = max(largest, abs(entry)) }
        value = Double(largest)
    }
}

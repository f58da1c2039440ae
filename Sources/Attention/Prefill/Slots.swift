import Foundation

/// Values that workers make, each at a place of its own.
final class Slots<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var slots: [Value?]

    init(count: Int) { slots = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ value: Value) { lock.withLock { slots[index] = value } }

    subscript(index: Int) -> Value {
        lock.withLock {
            guard let value = slots[index] else { preconditionFailure("a value is used before it is made") }
            return value
        }
    }

    /// All of them, once all are made.
    var values: [Value] { lock.withLock { slots.compactMap { $0 } } }
    var indices: Range<Int> { lock.withLock { slots.indices } }
}

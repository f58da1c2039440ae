/// The newest elements of a stream, at least `capacity` of them once there were as many.
///
/// Copying it is cheap: full chunks are shared and never change.
public struct History<Element: Sendable>: Sendable {
    private static var chunkLength: Int { 128 }
    private var sealed: [[Element]] = []
    private var open: [Element] = []
    /// How many of the newest are kept at least.
    public let capacity: Int
    /// How many were ever added: element i is number `appended - count + i` of the stream.
    public private(set) var appended = 0

    public init(capacity: Int) { self.capacity = capacity }

    public var count: Int { sealed.count * Self.chunkLength + open.count }
    public var isEmpty: Bool { count == 0 }
    public var last: Element? { open.last ?? sealed.last?.last }

    /// Adds the newest; O(1) amortised.
    public mutating func append(_ element: Element) {
        open.append(element)
        appended += 1
        guard open.count == Self.chunkLength else { return }
        sealed.append(open)
        open = []
        open.reserveCapacity(Self.chunkLength)
        if (sealed.count - 1) * Self.chunkLength >= capacity { sealed.removeFirst() }
    }

    /// Forgets all.
    public mutating func removeAll() {
        sealed = []
        open = []
    }

    /// Element i, 0 the oldest kept.
    public subscript(i: Int) -> Element {
        let chunk = i / Self.chunkLength
        return chunk < sealed.count ? sealed[chunk][i % Self.chunkLength] : open[i - sealed.count * Self.chunkLength]
    }

    /// The newest `length`, oldest first.
    public func suffix(_ length: Int) -> [Element] {
        (max(0, count - length)..<count).map { self[$0] }
    }
}

import Foundation

/// A part of memory that a kernel reads; whoever made it keeps it alive.
package struct Slab<Element: BitwiseCopyable>: @unchecked Sendable {
    package let base: UnsafeMutablePointer<Element>
    package let count: Int

    var bytes: Int { count * MemoryLayout<Element>.stride }
}

/// One stretch of memory for all parts of an index: a query of a cold one then touches few pages, and large ones at that.
package final class MemoryRegion {
    /// Keeps the memory alive.
    package let owner: AlignedBuffer<UInt8>
    private var next: Int
    private let end: Int

    /// Memory of its own, zero.
    package convenience init(bytes: Int) {
        self.init(owner: AlignedBuffer(count: bytes), from: 0, to: bytes)
    }

    fileprivate init(owner: AlignedBuffer<UInt8>, from start: Int, to end: Int) {
        self.owner = owner
        next = start
        self.end = end
    }

    /// What a slab takes, with what alignment to a cache line costs.
    package static func size<Element>(_ count: Int, of type: Element.Type) -> Int {
        (count * MemoryLayout<Element>.stride + 63) / 64 * 64
    }

    /// The next `count` elements, zero, aligned to a cache line.
    package func slab<Element: BitwiseCopyable>(_ count: Int, of type: Element.Type = Element.self) -> Slab<Element> {
        let size = Self.size(count, of: type)
        precondition(next + size <= end, "the region was reserved too small")
        if MemoryGuard.isOn {
            let own = AlignedBuffer<UInt8>(count: size)
            owner.companions.append(own)
            next += size
            let start = UnsafeMutableRawPointer(own.base)
            return Slab(base: start.bindMemory(to: type, capacity: max(count, 1)), count: count)
        }
        let start = UnsafeMutableRawPointer(owner.base + next)
        next += size
        return Slab(base: start.bindMemory(to: type, capacity: max(count, 1)), count: count)
    }
}

/// Memory that many indexes share, in pieces large enough for huge pages.
final class MemoryArena: @unchecked Sendable {
    private static let piece = 32 << 20
    private let lock = NSLock()
    private var owner: AlignedBuffer<UInt8>?
    private var used = 0

    /// A region for one index.
    func region(bytes: Int) -> MemoryRegion {
        lock.withLock {
            if let owner, used + bytes <= owner.count {
                defer { used += bytes }
                return MemoryRegion(owner: owner, from: used, to: used + bytes)
            }
            let fresh = AlignedBuffer<UInt8>(count: max(bytes, Self.piece))
            owner = fresh
            used = bytes
            return MemoryRegion(owner: fresh, from: 0, to: bytes)
        }
    }
}

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Memory for kernels: zeroed, aligned to a cache line (to a huge page, and asking for huge pages, where it is large,
/// so that gathering rows at random does not wait for address translation), never moved, freed with its owner.
package final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The first element.
    package let base: UnsafeMutablePointer<Element>
    /// The elements that fit.
    package let count: Int
    private let mappedBytes: Int

    private static var hugePage: Int { 2 << 20 }
    /// From here on memory is reserved and not zeroed by hand, which would hold up whoever adopts an index.
    private static var largeEnough: Int { 128 << 10 }

    /// Room for `count` elements, all zero.
    package init(count: Int) {
        self.count = count
        let bytes = max(count * MemoryLayout<Element>.stride, 64)
        if bytes >= Self.largeEnough {
            // The system hands out zeroed pages only when they are touched: reserving is free.
            let isHuge = bytes >= 2 * Self.hugePage
            let length = isHuge ? bytes + Self.hugePage : bytes
            let map = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | mapAnonymous, -1, 0)
            if let map, map != MAP_FAILED {
                let skipped = isHuge ? -Int(bitPattern: map) & (Self.hugePage - 1) : 0
                if skipped > 0 { munmap(map, skipped) }
                mappedBytes = length - skipped
                let start = map + skipped
                #if os(Linux)
                    if isHuge { madvise(start, mappedBytes, Int32(MADV_HUGEPAGE)) }
                #endif
                base = start.assumingMemoryBound(to: Element.self)
                return
            }
        }
        mappedBytes = 0
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        memset(raw, 0, bytes)
        base = raw.assumingMemoryBound(to: Element.self)
    }

    deinit {
        if mappedBytes > 0 {
            munmap(base, mappedBytes)
        } else {
            base.deallocate()
        }
    }

    /// Bytes reserved.
    package var bytes: Int { count * MemoryLayout<Element>.stride }
}

#if os(Linux)
    private let mapAnonymous = Int32(MAP_ANONYMOUS)
#else
    private let mapAnonymous = MAP_ANON
#endif

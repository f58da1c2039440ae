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
    /// What was mapped, to be given back: nothing where the memory is of the heap.
    private let mapping: UnsafeMutableRawBufferPointer
    /// Memory that lives as long as this: the parts of a region while guards stand around each.
    package var companions: [AnyObject] = []

    private static var hugePage: Int { 2 << 20 }

    /// Bytes of the huge pages that take `bytes`: what stands over fills three quarters of its page or lies in small ones.
    private static func inHugePages(_ bytes: Int) -> Int { (bytes + hugePage / 4) / hugePage * hugePage }

    /// From here on memory is reserved and not zeroed by hand, which would hold up whoever adopts an index.
    private static var largeEnough: Int { 128 << 10 }

    /// Room for `count` elements, all zero.
    package init(count: Int) {
        self.count = count
        let bytes = max(count * MemoryLayout<Element>.stride, 64)
        if MemoryGuard.isOn {
            let (start, mapping) = MemoryGuard.map(bytes)
            (base, self.mapping) = (start.assumingMemoryBound(to: Element.self), mapping)
            return
        }
        if bytes >= Self.largeEnough {
            // The system hands out zeroed pages only when they are touched: reserving is free.
            let huge = Self.inHugePages(bytes)
            let length = max(bytes, huge)
            let spare = huge > 0 ? Self.hugePage : 0
            let map = mmap(nil, length + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | mapAnonymous, -1, 0)
            if let map, map != MAP_FAILED {
                let skipped = huge > 0 ? -Int(bitPattern: map) & (Self.hugePage - 1) : 0
                if skipped > 0 { munmap(map, skipped) }
                let start = map + skipped
                mapping = .init(start: start, count: length + spare - skipped)
                #if os(Linux)
                    if huge > 0 { madvise(start, huge, Int32(MADV_HUGEPAGE)) }
                #endif
                base = start.assumingMemoryBound(to: Element.self)
                return
            }
            endWithoutMemory(bytes)
        }
        mapping = .init(start: nil, count: 0)
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, 64, bytes) == 0, let raw = memory else { endWithoutMemory(bytes) }
        memset(raw, 0, bytes)
        base = raw.assumingMemoryBound(to: Element.self)
    }

    deinit {
        if let start = mapping.baseAddress {
            munmap(start, mapping.count)
        } else {
            free(base)
        }
    }

    /// Bytes reserved.
    package var bytes: Int { count * MemoryLayout<Element>.stride }
}

#if os(Linux)
    let mapAnonymous = Int32(MAP_ANONYMOUS)
#else
    let mapAnonymous = MAP_ANON
#endif

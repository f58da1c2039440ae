#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Pages without access around every buffer of a kernel, where `HALFSPACE_GUARD=1` asks for them: a store or load beside
/// a buffer ends the program there and then, and not in whatever happened to lie beside it.
enum MemoryGuard {
    static let isOn = getenv("HALFSPACE_GUARD").map { String(cString: $0) == "1" } ?? false

    /// Zeroed memory that ends, but for what fills a cache line, where the page behind begins.
    /// - Returns: Its first byte, and all that has to be unmapped.
    static func map(_ bytes: Int) -> (UnsafeMutableRawPointer, UnsafeMutableRawBufferPointer) {
        let page = Int(getpagesize())
        let lines = (bytes + 63) / 64 * 64
        let inside = (lines + page - 1) / page * page
        let length = inside + 2 * page
        guard let map = mmap(nil, length, PROT_NONE, MAP_PRIVATE | mapAnonymous, -1, 0), map != MAP_FAILED,
            mprotect(map + page, inside, PROT_READ | PROT_WRITE) == 0
        else { endWithoutMemory(bytes) }
        return (map + page + inside - lines, .init(start: map, count: length))
    }
}

/// Ends the program with a sentence: there is no memory for a buffer, and nothing to go on with. The terminal is given back
/// on the way out.
func endWithoutMemory(_ bytes: Int) -> Never {
    let sentence =
        "halfspace: the system gives no more memory (\(bytes) bytes were asked for); lower n or d, or raise the limit.\n"
    _ = sentence.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    // sysexits: a resource of the system.
    exit(71)
}

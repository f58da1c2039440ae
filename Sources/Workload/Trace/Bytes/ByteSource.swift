/// Bytes that can be read at any place: a file, or what an archive's member inflates to.
protocol ByteSource: Sendable {
    /// The file that the bytes come from, for messages.
    var path: String { get }
    var count: Int { get }

    /// Fills `out` with the bytes from `offset` on.
    /// - Throws: ``TraceFault`` where there are fewer, or the file is no longer what was opened.
    func read(at offset: Int, into out: UnsafeMutableRawBufferPointer) throws(TraceFault)
}

extension ByteSource {
    /// Bytes as an array.
    func bytes(_ range: Range<Int>) throws(TraceFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var fault: TraceFault?
        bytes.withUnsafeMutableBytes { out in
            do throws(TraceFault) {
                try read(at: range.lowerBound, into: out)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        return bytes
    }
}

/// A part of other bytes: a stored member of an archive.
struct ByteSlice: ByteSource {
    let whole: any ByteSource
    let range: Range<Int>

    var path: String { whole.path }
    var count: Int { range.count }

    func read(at offset: Int, into out: UnsafeMutableRawBufferPointer) throws(TraceFault) {
        guard offset >= 0, offset <= count, out.count <= count - offset else {
            throw TraceFault(path: path, problem: .truncated(needed: offset &+ out.count, there: count))
        }
        try whole.read(at: range.lowerBound + offset, into: out)
    }
}

import Foundation

/// An open GGUF file, read piece by piece into memory of the reader's own: a mapped file that another program cuts short
/// would end its reader with SIGBUS.
final class GGUFBytes: Sendable {
    let path: String
    let count: Int
    private let descriptor: Int32

    /// Opens a regular file; nothing of it is read yet.
    /// - Throws: ``GGUFFault``.
    init(path: String) throws(GGUFFault) {
        // Without waiting: the other end of a named pipe may never come.
        let descriptor = path.contains("\0") ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let isAbsent = path.isEmpty || path.contains("\0") || errno == ENOENT
            throw GGUFFault(
                path: path,
                .cannotRead(isAbsent ? "there is no such file" : String(cString: strerror(errno))))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw GGUFFault(path: path, .cannotRead("it is not a regular file"))
        }
        self.path = path
        self.descriptor = descriptor
        count = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills `out` with the bytes from `offset` on.
    /// - Throws: ``GGUFFault`` where there are fewer.
    func read(at offset: Int, into out: UnsafeMutableRawBufferPointer) throws(GGUFFault) {
        guard offset >= 0, offset <= count, out.count <= count - offset else {
            throw GGUFFault(path: path, .truncated("byte \(offset &+ out.count)"))
        }
        var done = 0
        while done < out.count, let base = out.baseAddress {
            let got = pread(descriptor, base + done, out.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw GGUFFault(path: path, .cannotRead(String(cString: strerror(errno)))) }
            guard got > 0 else { throw GGUFFault(path: path, .changed) }
            done += got
        }
    }

    /// Bytes as an array.
    /// - Throws: ``GGUFFault`` where there are fewer.
    func bytes(_ range: Range<Int>) throws(GGUFFault) -> [UInt8] {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw GGUFFault(path: path, .truncated("byte \(range.upperBound)"))
        }
        var bytes = [UInt8](repeating: 0, count: range.count)
        var fault: GGUFFault?
        bytes.withUnsafeMutableBytes { out in
            do throws(GGUFFault) {
                try read(at: range.lowerBound, into: out)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        return bytes
    }
}

import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// An open file, read piece by piece into memory of the reader's own.
///
/// A mapped file that another program cuts short ends its reader with SIGBUS, and one that is written over changes
/// under it. Read with `pread`, both are found out: whoever reads after the change gets a sentence.
final class FileBytes: ByteSource {
    let path: String
    let count: Int
    private let descriptor: Int32
    private let identity: Identity

    /// What changes when a file is written to.
    private struct Identity: Equatable {
        var size: Int
        var seconds: Int
        var nanoseconds: Int

        init(_ status: stat) {
            size = Int(status.st_size)
            #if canImport(Darwin)
                (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
            #else
                (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            #endif
        }
    }

    /// Opens a regular file; whatever it holds, nothing of it is read yet.
    init(path: String) throws(TraceFault) {
        // Without waiting: the other end of a named pipe may never come.
        let descriptor = path.contains("\0") ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason =
                path.isEmpty || path.contains("\0") || errno == ENOENT
                ? "there is no such file" : String(cString: strerror(errno))
            throw TraceFault(path: path, problem: .cannotRead(reason))
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let reason = status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is not a regular file"
            throw TraceFault(path: path, problem: .cannotRead(reason))
        }
        self.path = path
        self.descriptor = descriptor
        identity = Identity(status)
        count = identity.size
    }

    deinit { close(descriptor) }

    func read(at offset: Int, into out: UnsafeMutableRawBufferPointer) throws(TraceFault) {
        guard offset >= 0, offset <= count, out.count <= count - offset else {
            throw TraceFault(path: path, problem: .truncated(needed: offset &+ out.count, there: count))
        }
        var done = 0
        while done < out.count, let base = out.baseAddress {
            let got = pread(descriptor, base + done, out.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw TraceFault(path: path, problem: .cannotRead(String(cString: strerror(errno))))
            }
            if got == 0 { break }
            done += got
        }
        var status = stat()
        guard done == out.count, fstat(descriptor, &status) == 0, Identity(status) == identity else {
            throw TraceFault(path: path, problem: .changed)
        }
    }
}

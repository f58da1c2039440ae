import Foundation

/// What tells that a file is another than it was: of a link, the file behind it.
///
/// The time of a change alone is not enough: a file that is replaced may bring its old time along, and two edits may fall
/// into one tick of the clock.
struct FileStamp: Equatable {
    private let device, file, size: Int64
    private let seconds, nanoseconds, changeSeconds, changeNanoseconds: Int

    /// nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, file, size) = (
            Int64(truncatingIfNeeded: status.st_dev), Int64(truncatingIfNeeded: status.st_ino), Int64(status.st_size)
        )
        #if canImport(Darwin)
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        (seconds, nanoseconds) = (Int(modified.tv_sec), Int(modified.tv_nsec))
        (changeSeconds, changeNanoseconds) = (Int(changed.tv_sec), Int(changed.tv_nsec))
    }
}

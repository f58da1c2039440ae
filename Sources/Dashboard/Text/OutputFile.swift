import Foundation

/// Opens files to be written as they grow.
public enum OutputFile {
    /// A file of which nothing is left, or whose end is written on; made where there is none. nil where it cannot be.
    ///
    /// What stands at the path is written into and never replaced: it may be a device, a pipe or a link.
    public static func open(_ path: String, appending: Bool = false) -> FileHandle? {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appending ? O_APPEND : O_TRUNC), 0o666)
        return descriptor < 0 ? nil : FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

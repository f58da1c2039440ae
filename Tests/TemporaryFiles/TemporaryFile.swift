import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A path of its own for a test's file or folder, which does not exist yet; what stands there when the tests end goes
/// with them.
///
/// It is short, since a socket's path in such a folder has to be below 108 bytes.
/// - Parameter name: How its name ends, so that a file type may be told by it.
public func temporaryFile(_ name: String) -> URL { folder.appendingPathComponent("\(mark())-\(name)") }

/// A few letters that hardly come twice.
private func mark() -> String { String(UInt64.random(in: 0..<1 << 40), radix: 36) }

/// One folder for everything that a run of tests writes.
private let folder: URL = {
    let made = FileManager.default.temporaryDirectory.appendingPathComponent("halfspace-\(mark())")
    try? FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
    atexit(removeFolder)
    return made
}()

private func removeFolder() { try? FileManager.default.removeItem(at: folder) }

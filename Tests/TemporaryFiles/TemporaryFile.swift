import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A path of its own for a test's file or folder, which does not exist yet; what stands there when the tests end goes
/// with them.
/// - Parameter name: How its name ends, so that a file type may be told by it.
public func temporaryFile(_ name: String) -> URL {
    folder.appendingPathComponent("\(UUID().uuidString)-\(name)")
}

/// One folder for everything that a run of tests writes.
private let folder: URL = {
    let made = FileManager.default.temporaryDirectory.appendingPathComponent("halfspace-tests-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
    atexit(removeFolder)
    return made
}()

private func removeFolder() { try? FileManager.default.removeItem(at: folder) }

import CEmbedded
import Foundation
import Synchronization

/// The files that the program carries in itself: every theme, demo, text and model, and the traces.
enum EmbeddedFiles {
    /// Path below the folder, and bytes that live as long as the program.
    static var all: [(path: String, bytes: UnsafeBufferPointer<UInt8>)] {
        (0..<ce_count()).map { number in
            let file = ce_at(number)
            return (String(cString: file.path), UnsafeBufferPointer(start: file.bytes, count: file.count))
        }
    }

    /// A folder with the files in it, written when it is first wanted; nil where none can be written.
    ///
    /// It is kept for the next start in the user's cache (`$XDG_CACHE_HOME`), under a name that changes with the files.
    /// Where that cannot be written, a folder for this run alone stands in for it.
    static func unpack(_ environment: [String: String]) -> URL? {
        let files = all
        guard !files.isEmpty else { return nil }
        let name = "share-\(String(mark(of: files), radix: 36))"
        for cache in caches(environment) {
            let folder = cache.appendingPathComponent("halfspace", isDirectory: true).appendingPathComponent(name)
            if isWhole(folder, files) || write(files, to: folder) { return folder }
        }
        for base in temporary(environment) {
            var template = Array((base + "/halfspace-XXXXXX").utf8CString)
            guard mkdtemp(&template) != nil else { continue }
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let folder = URL(fileURLWithPath: path, isDirectory: true)
            if write(files, into: folder) {
                removeAtExit(path)
                return folder
            }
            try? FileManager.default.removeItem(at: folder)
        }
        return nil
    }

    private static func caches(_ environment: [String: String]) -> [URL] {
        var paths: [String] = []
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") { paths.append(cache) }
        if let home = environment["HOME"], home.hasPrefix("/") { paths.append(home + "/.cache") }
        return paths.map { URL(fileURLWithPath: $0, isDirectory: true) }
    }

    private static func temporary(_ environment: [String: String]) -> [String] {
        [environment["TMPDIR"], environment["XDG_RUNTIME_DIR"], "/tmp", "/dev/shm"].compactMap { $0 }
            .filter { $0.hasPrefix("/") && $0.utf8.count < 500 }
    }

    /// Whether a run before left all of it.
    private static func isWhole(_ folder: URL, _ files: [(path: String, bytes: UnsafeBufferPointer<UInt8>)]) -> Bool {
        files.allSatisfy { file in
            var status = stat()
            return stat(folder.appendingPathComponent(file.path).path, &status) == 0
                && Int(status.st_size) == file.bytes.count
        }
    }

    /// Writes beside and moves there in one step: another start at the same time sees all or nothing.
    private static func write(_ files: [(path: String, bytes: UnsafeBufferPointer<UInt8>)], to folder: URL) -> Bool {
        let manager = FileManager.default
        let parent = folder.deletingLastPathComponent()
        try? manager.createDirectory(at: parent, withIntermediateDirectories: true)
        let draft = parent.appendingPathComponent(".\(folder.lastPathComponent)-\(getpid())")
        defer { try? manager.removeItem(at: draft) }
        guard write(files, into: draft) else { return false }
        // What is broken there makes room.
        if rename(draft.path, folder.path) != 0, !isWhole(folder, files) {
            try? manager.removeItem(at: folder)
            return rename(draft.path, folder.path) == 0
        }
        return true
    }

    private static func write(_ files: [(path: String, bytes: UnsafeBufferPointer<UInt8>)], into folder: URL) -> Bool {
        for file in files {
            let url = folder.appendingPathComponent(file.path)
            do {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(buffer: file.bytes).write(to: url)
            } catch {
                return false
            }
        }
        return true
    }

    /// A number that changes with any file (FNV-1a, eight bytes at a time).
    private static func mark(of files: [(path: String, bytes: UnsafeBufferPointer<UInt8>)]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01B3 }
        for file in files {
            for byte in file.path.utf8 { add(UInt64(byte)) }
            let raw = UnsafeRawBufferPointer(file.bytes)
            let whole = raw.count / 8 * 8
            for at in stride(from: 0, to: whole, by: 8) { add(raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
            for byte in raw[whole...] { add(UInt64(byte)) }
            add(UInt64(raw.count))
        }
        return hash
    }

    private static let folderOfThisRun = Mutex<String?>(nil)

    private static func removeAtExit(_ path: String) {
        folderOfThisRun.withLock { $0 = path }
        atexit {
            if let path = EmbeddedFiles.folderOfThisRun.withLock({ $0 }) {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
    }
}

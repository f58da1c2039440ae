import Foundation

/// What was named as a trace, and how its file begins.
struct TracePath: Sendable {
    /// As it was named: a file, a folder, or files with commas between.
    let text: String
    /// The names in it when it is a folder, ascending.
    let entries: [String]?
    /// The first bytes of a file; empty for a folder, and for what cannot be read.
    let head: [UInt8]

    init(_ text: String) {
        self.text = text
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), isFolder.boolValue else {
            entries = nil
            guard let file = try? FileBytes(path: text) else {
                head = []
                return
            }
            head = (try? file.bytes(0..<min(16, file.count))) ?? []
            return
        }
        entries = (try? FileManager.default.contentsOfDirectory(atPath: text).sorted()) ?? []
        head = []
    }

    /// Whether the name ends so, in either case.
    func hasSuffix(_ ending: String) -> Bool { text.lowercased().hasSuffix(ending) }

    /// A file in the folder.
    func file(_ name: String) -> String { text.hasSuffix("/") ? text + name : text + "/" + name }
}

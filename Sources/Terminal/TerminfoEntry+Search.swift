#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension TerminfoEntry {
    /// The entry of a terminal type from the usual folders; nil where it is in none of them.
    init?(named name: String, environment: [String: String]) {
        guard let first = name.unicodeScalars.first, !name.contains("/") else { return nil }
        var folders: [String] = []
        if let own = environment["TERMINFO"], own.hasPrefix("/") { folders.append(own) }
        if let home = environment["HOME"] { folders.append(home + "/.terminfo") }
        folders += environment["TERMINFO_DIRS", default: ""].split(separator: ":").map { String($0) }
        folders += [
            "/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo", "/usr/local/share/terminfo",
        ]
        for folder in folders {
            for place in [String(first), String(first.value, radix: 16)] {
                if let bytes = Self.read("\(folder)/\(place)/\(name)"), let entry = TerminfoEntry(bytes) {
                    self = entry
                    return
                }
            }
        }
        return nil
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        // No entry is larger than 32 KiB.
        var bytes = [UInt8](repeating: 0, count: 32769)
        let count = bytes.withUnsafeMutableBytes { platformRead(file, $0.baseAddress, $0.count) }
        return count > 0 && count < bytes.count ? Array(bytes[..<count]) : nil
    }
}

private func platformRead(_ file: Int32, _ into: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, into, count)
}

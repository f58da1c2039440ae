#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the products of the running build stand, whatever the scratch path is called.
public enum BuildFolder {
    /// The path of an executable of this package, built beside the running tests; nil where it is not there.
    public static func executable(_ name: String) -> String? {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let found = folder + "/" + name
        return access(found, X_OK) == 0 ? found : nil
    }

    private static let path: String = {
        // The tests are linked into one executable, on macOS into a bundle whose runner stands elsewhere.
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        return count > 0
            ? String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : CommandLine.arguments[0]
    }()
}

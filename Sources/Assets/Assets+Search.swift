import Foundation

/// A theme, demo or trace that was found.
public struct Asset: Sendable, Equatable {
    /// The file's name without its ending.
    public let name: String
    public let file: URL
}

/// No such theme, demo or trace; prints itself as one sentence.
public struct AssetNotFound: Error, Equatable, CustomStringConvertible {
    public let kind: AssetKind
    public let name: String
    /// The names that there are.
    public let known: [String]

    public var description: String {
        let others = known.isEmpty ? "there are none" : "there are \(known.joined(separator: ", "))"
        if known.isEmpty, let problem = Assets.problem { return "no \(kind.rawValue) “\(name)” is found: \(problem)" }
        return "no \(kind.rawValue) “\(name)” is found; give a path, or one by name: \(others)"
    }
}

extension Assets {
    /// Finds a theme, demo or trace: a path as given, then by name in the user's folder
    /// (`$XDG_CONFIG_HOME/halfspace/themes`, …), then in the package's own.
    ///
    /// What holds a slash or the kind's file ending is a path, from the current directory; the ending may be left off
    /// a name.
    /// - Throws: ``AssetNotFound``.
    public static func find(
        _ kind: AssetKind, _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(AssetNotFound) -> URL {
        let ending = "." + kind.fileExtension
        if name.contains("/") || name.hasSuffix(ending) {
            let path = name.hasPrefix("~/") ? home(environment) + name.dropFirst(1) : name
            if FileManager.default.fileExists(atPath: path), !isFolder(path) { return URL(fileURLWithPath: path) }
        }
        if !name.isEmpty && !name.contains("/") {
            let fileName = name.hasSuffix(ending) ? name : name + ending
            for folder in folders(kind, environment: environment) {
                let file = folder.appendingPathComponent(fileName)
                if isFile(file.path) { return file }
            }
        }
        throw AssetNotFound(kind: kind, name: name, known: list(kind, environment: environment).map(\.name))
    }

    /// Every theme, demo or trace that a name finds, in order of name; the user's own stands before the package's of the
    /// same name.
    public static func list(
        _ kind: AssetKind, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> [Asset] {
        var found: [String: URL] = [:]
        for folder in folders(kind, environment: environment) {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for file in files where file.hasSuffix("." + kind.fileExtension) && !file.hasPrefix(".") {
                let name = String(file.dropLast(kind.fileExtension.count + 1))
                let url = folder.appendingPathComponent(file)
                if found[name] == nil && isFile(url.path) { found[name] = url }
            }
        }
        return found.map { Asset(name: $0.key, file: $0.value) }.sorted { $0.name < $1.name }
    }

    /// The user's folder for a kind; the base directory specification of XDG wants a relative variable ignored.
    public static func userFolder(
        _ kind: AssetKind, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        let given = environment["XDG_CONFIG_HOME"] ?? ""
        let base = given.hasPrefix("/") ? given : home(environment) + "/.config"
        return URL(fileURLWithPath: base, isDirectory: true)
            .appendingPathComponent("halfspace", isDirectory: true)
            .appendingPathComponent(kind.folderName, isDirectory: true)
    }

    /// In the order in which they are searched.
    private static func folders(_ kind: AssetKind, environment: [String: String]) -> [URL] {
        [userFolder(kind, environment: environment), kind.bundled]
    }

    private static func home(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        return FileManager.default.homeDirectoryForCurrentUser.path
    }

    /// Whether a regular file is there, if behind a link: a pipe in a folder would wait for ever for somebody to write.
    public static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}

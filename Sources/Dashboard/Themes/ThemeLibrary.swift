import Assets
import Foundation

/// Where themes are found: the person's own folder first, then the package's.
public struct ThemeLibrary: Sendable {
    /// Folders in the order of the search.
    public var folders: [URL]

    public init(folders: [URL]) {
        self.folders = folders
    }

    /// `$XDG_CONFIG_HOME/halfspace/themes` (or `~/.config/…`), then the package's `Themes`.
    public static var standard: ThemeLibrary {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"].map { URL(fileURLWithPath: $0).appendingPathComponent(".config") }
        let config = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) } ?? home
        return ThemeLibrary(
            folders: [config?.appendingPathComponent("halfspace/themes"), Assets.themes].compactMap { $0 })
    }

    /// The files by name; a name in an earlier folder hides the same name in a later one.
    public var files: [(name: String, url: URL)] {
        var seen: Set<String> = []
        return folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.filter { $0.hasSuffix(".toml") }.sorted().compactMap { file in
                let (name, url) = (String(file.dropLast(5)), folder.appendingPathComponent(file))
                return Assets.isFile(url.path) && seen.insert(name).inserted ? (name, url) : nil
            }
        }
    }

    /// A theme by its name or by the path of its file.
    /// - Throws: ``ThemeError``.
    public func theme(_ nameOrPath: String) throws(ThemeError) -> Theme {
        if nameOrPath.hasSuffix(".toml") || nameOrPath.contains("/") {
            return try theme(atPath: nameOrPath)
        }
        guard let url = url(of: nameOrPath) else {
            let known = files.map(\.name).sorted().joined(separator: ", ")
            throw ThemeError(
                path: nameOrPath, line: nil,
                sentence: Assets.problem.map { "there is no theme: \($0)." }
                    ?? "there is no theme of this name; there are \(known).",
                isMissing: true)
        }
        return try load(url, path: url.path, within: [])
    }

    /// The theme in a file.
    /// - Throws: ``ThemeError``.
    public func theme(atPath path: String) throws(ThemeError) -> Theme {
        try load(URL(fileURLWithPath: path), path: path, within: [])
    }

    /// Every theme that can be read, dark and light first, and what is wrong with the others.
    public func all() -> (themes: [Theme], errors: [ThemeError]) {
        var themes: [Theme] = []
        var errors: [ThemeError] = []
        for file in files {
            do {
                themes.append(try load(file.url, path: file.url.path, within: []))
            } catch {
                errors.append(error)
            }
        }
        let first = ["dark", "light", "projector", "high-contrast", "colour-blind", "mono"]
        func place(_ theme: Theme) -> (Int, String) { (first.firstIndex(of: theme.name) ?? first.count, theme.name) }
        return (themes.sorted { place($0) < place($1) }, errors)
    }

    private func url(of name: String) -> URL? { files.first { $0.name == name }?.url }

    /// - Parameter chain: the paths that extend this one, to find a circle.
    private func load(_ url: URL, path: String, within chain: [String]) throws(ThemeError) -> Theme {
        let text: String
        do {
            text = try TextFile.text(of: url)
        } catch {
            throw ThemeError(path: path, line: nil, sentence: error.sentence, isMissing: error == .cannotBeRead)
        }
        let file = try ThemeFile(text: text, path: path)
        guard let base = file.extends else { return try file.resolved(over: nil) }
        guard let baseURL = self.url(of: base) else {
            throw file.error("extends", "extends \"\(base)\", but there is no theme of this name.")
        }
        guard !(chain + [url.path]).contains(baseURL.path) else {
            throw file.error("extends", "extends \"\(base)\", which extends this theme again.")
        }
        return try file.resolved(over: try load(baseURL, path: baseURL.path, within: chain + [url.path]))
    }
}

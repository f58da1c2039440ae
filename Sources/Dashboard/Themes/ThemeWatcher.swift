import Foundation

/// Notices that a theme's file changed, so that an edit shows while the program runs.
public final class ThemeWatcher: ActionSource {
    private let library: ThemeLibrary
    /// A theme asked for by its path, which is in no folder of the library.
    private let path: String?
    private var stamps: [String: FileStamp?]
    private var lastLook = 0.0

    public init(library: ThemeLibrary = .standard, path: String? = nil) {
        self.library = library
        self.path = path
        stamps = [:]
        stamps = readStamps()
    }

    /// Looks once a second; the last good theme stays in force where an edit is broken.
    public func actions(at now: Double) -> [Action] {
        guard now >= lastLook + 1 else { return [] }
        lastLook = now
        guard let (themes, errors) = poll() else { return [] }
        return [.themesChanged(themes)] + errors.prefix(1).map { .notice($0.short, .error) }
    }

    /// What changed since the last call: nothing, or the themes that can be read and what is wrong with the others.
    public func poll() -> (themes: [Theme], errors: [ThemeError])? {
        let now = readStamps()
        guard now != stamps else { return nil }
        stamps = now
        var (themes, errors) = library.all()
        if let path {
            do {
                let own = try library.theme(path)
                themes.removeAll { $0.name == own.name }
                themes.insert(own, at: 0)
            } catch {
                errors.append(error)
            }
        }
        return (themes, errors)
    }

    private func readStamps() -> [String: FileStamp?] {
        let paths = library.files.map(\.url.path) + (path.map { [$0] } ?? [])
        return Dictionary(paths.map { ($0, FileStamp($0)) }) { first, _ in first }
    }
}

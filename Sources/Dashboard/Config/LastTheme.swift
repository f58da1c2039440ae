import Foundation
import PlainText

/// Keeps the theme that was chosen on the screen for the next time, where the person's settings ask for it.
public final class LastTheme: ActionSource {
    private let file: URL
    private var known: String?
    private var failure: String?

    public init(file: URL = LastTheme.standardFile()) { self.file = file }

    /// `$XDG_STATE_HOME/halfspace/theme`, or `~/.local/state/halfspace/theme`; a variable that is no absolute path counts
    /// as none.
    public static func standardFile(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        let base = absolute("XDG_STATE_HOME") ?? (absolute("HOME") ?? NSHomeDirectory()) + "/.local/state"
        return URL(fileURLWithPath: base, isDirectory: true).appendingPathComponent("halfspace/theme")
    }

    /// The name that was kept; nil where there is none.
    public var name: String? {
        guard let text = try? TextFile.text(of: file), let line = text.split(separator: "\n").first else { return nil }
        let name = line.trimmingCharacters(in: .whitespaces)
        return name.isEmpty || name.contains("/") || name.hasSuffix(".toml") ? nil : name
    }

    /// Keeps the theme of a state if a person has chosen it since the first call; those of a demo's captions are not his.
    public func note(_ state: DashboardState) {
        let chosen = state.demo.map { $0.ownTheme ?? known ?? state.keptTheme.name } ?? state.keptTheme.name
        defer { known = chosen }
        guard let known, chosen != known else { return }
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try Data((chosen + "\n").utf8).write(to: file, options: .atomic)
        } catch {
            failure = "the theme cannot be kept in \(file.path.plain(60)): \(error.systemReason)"
        }
    }

    public func actions(at now: Double) -> [Action] {
        defer { failure = nil }
        return failure.map { [.notice($0, .warning)] } ?? []
    }
}

import Foundation

/// What can be named on the command line instead of a path.
public enum AssetKind: String, CaseIterable, Sendable {
    case theme, demo, trace, model

    /// How the files' names end.
    public var fileExtension: String {
        switch self {
        case .theme, .demo: "toml"
        case .trace, .model: "safetensors"
        }
    }

    /// The folder's name below `halfspace` in the user's configuration.
    public var folderName: String { rawValue + "s" }

    /// The package's own folder.
    public var bundled: URL {
        switch self {
        case .theme: Assets.themes
        case .demo: Assets.demos
        case .trace: Assets.traces
        case .model: Assets.models
        }
    }
}

import Foundation

/// Where the program's own themes, demos and traces are, wherever it was built and wherever it runs.
public enum Assets {
    /// The folder `Themes`.
    public static var themes: URL { root.appendingPathComponent("Themes") }
    /// The folder `Demos`.
    public static var demos: URL { root.appendingPathComponent("Demos") }
    /// The folder `Demos/traces`.
    public static var traces: URL { demos.appendingPathComponent("traces") }
    /// The folder `Demos/models`.
    public static var models: URL { demos.appendingPathComponent("models") }
    /// The folder `Demos/texts` of the package.
    public static var texts: URL { demos.appendingPathComponent("texts") }
    /// The bundled play, 135 kB of plain text.
    public static var play: URL { demos.appendingPathComponent("texts/coriolanus.txt") }
    /// Prose that the bundled models were not trained on.
    public static var heldOutText: URL { models.appendingPathComponent("held-out.txt") }
    /// The trace of a real model's attention that comes with the program.
    public static var trace: URL { traces.appendingPathComponent("minilm-layer1.safetensors") }

    /// The folder that holds `Themes` and `Demos`.
    public static var root: URL { share.folder ?? URL(fileURLWithPath: "/nonexistent", isDirectory: true) }

    /// Why there is no such folder, in one sentence; nil where there is one.
    public static var problem: String? { share.problem }

    private static let share = ShareFolder(environment: ProcessInfo.processInfo.environment)
}

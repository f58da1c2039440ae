import Foundation

/// Where the package's own themes, demos and traces are, whatever the build folder and the current directory.
public enum Assets {
    /// The folder `Themes` of the package.
    public static var themes: URL { root.appendingPathComponent("Themes") }
    /// The folder `Demos` of the package.
    public static var demos: URL { root.appendingPathComponent("Demos") }
    /// The folder `Demos/traces` of the package.
    public static var traces: URL { demos.appendingPathComponent("traces") }
    /// The folder `Demos/models` of the package.
    public static var models: URL { demos.appendingPathComponent("models") }
    /// The bundled trace of a real model's attention.
    public static var trace: URL { traces.appendingPathComponent("minilm-layer1.safetensors") }

    private static var root: URL { Bundle.module.resourceURL ?? Bundle.module.bundleURL }
}

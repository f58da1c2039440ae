import Foundation

/// What Python packages made, for a comparison.
enum PythonSamples {
    /// Those that are committed as `Reference/file`, or made anew and named by a variable of the environment.
    static func read<Sample: Decodable>(_ file: String, or variable: String) -> [Sample] {
        let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Reference/\(file)")
        let url = ProcessInfo.processInfo.environment[variable].map { URL(fileURLWithPath: $0) } ?? committed
        return (try? JSONDecoder().decode([Sample].self, from: Data(contentsOf: url))) ?? []
    }
}

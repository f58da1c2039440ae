import Foundation

/// Where the measured costs of this machine are kept from one start to the next.
///
/// A file that is missing, unreadable, of another processor or of nonsense is as none: the machine is measured anew. A folder
/// that cannot be written to is no error either; then every start measures.
public struct MachineCostsFile: Sendable {
    /// What the figures depend on; where any of it differs they are measured anew.
    struct Key: Equatable, Codable {
        var processor: String
        /// The instructions that the kernels use.
        var level: String
        /// Kernels compiled without optimisation have costs of their own.
        var isOptimised: Bool
        /// Of the program's kernels and of what is measured.
        var version: Int
    }

    private struct Contents: Codable {
        var key: Key
        var costs: MachineCosts
    }

    /// Raised whenever kernels become faster or figures change their meaning.
    static let version = 5
    /// No file of ours is longer.
    private static let mostBytes = 1 << 16

    let path: String?
    let key: Key

    /// The file in `$XDG_CACHE_HOME/halfspace`, or `~/.cache/halfspace` where that is not set.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.init(path: Self.path(environment), key: Self.key)
    }

    init(path: String?, key: Key) {
        self.path = path
        self.key = key
    }

    /// The XDG base directory specification takes absolute paths only.
    private static func path(_ environment: [String: String]) -> String? {
        func absolute(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        guard let cache = absolute("XDG_CACHE_HOME") ?? absolute("HOME").map({ $0 + "/.cache" }) else { return nil }
        let level = KernelLevel.inUse.name
        return "\(cache)/halfspace/costs-\(level)\(isOptimised ? "" : "-debug").json"
    }

    private static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    static var key: Key {
        Key(
            processor: Processor.name, level: KernelLevel.inUse.name, isOptimised: isOptimised,
            version: version)
    }

    /// What is kept for this machine; nil where there is nothing that can be trusted.
    public func load() -> MachineCosts? {
        // Opening a pipe would wait for someone to write to it.
        guard let path,
            (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType == .typeRegular,
            let file = FileHandle(forReadingAtPath: path)
        else { return nil }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: Self.mostBytes + 1), data.count <= Self.mostBytes,
            let contents = try? JSONDecoder().decode(Contents.self, from: data), contents.key == key,
            contents.costs.isSound, contents.costs.isMeasured
        else { return nil }
        return contents.costs
    }

    /// Keeps costs for the next start, if that can be; the file is replaced at once, so that no other start reads half of it.
    public func save(_ costs: MachineCosts) {
        guard let path, costs.isMeasured else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(Contents(key: key, costs: costs)) else { return }
        let url = URL(fileURLWithPath: path)
        try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? data.write(to: url, options: .atomic)
    }

    /// What is kept, or else what is measured now and kept.
    public func loadOrMeasure() -> MachineCosts {
        if let kept = load() { return kept }
        let costs = MachineCosts.measured()
        save(costs)
        return costs
    }
}

/// The processor that this runs on.
public enum Processor {
    /// Its name as it gives it; empty where it gives none.
    public static var name: String {
        guard let file = FileHandle(forReadingAtPath: "/proc/cpuinfo") else { return "" }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: 1 << 14) else { return "" }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        // Arm's kernels print numbers instead of a name.
        let told = ["model name", "CPU implementer", "CPU part"].compactMap { field in
            lines.first { $0.hasPrefix(field) }?.split(separator: ":").last
        }
        return told.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }
}

import Foundation
import HalfSpace

/// The machine that measurements are taken on.
public enum Machine {
    /// The processor's name, or "unknown".
    public static var processor: String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = lines.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }

    /// The instructions that the kernels use here: "vnni", "avx512", "avx2", "neon" or "portable".
    public static var kernels: String { KernelLevel.inUse.name }

    /// Whether the kernels use no instructions beyond the portable ones.
    public static var isPortable: Bool { KernelLevel.inUse == KernelLevel.all.first }

    public static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }
}

import Foundation
import HalfSpace

/// The machine that measurements are taken on.
public enum Machine {
    /// The processor's name, or "unknown".
    public static var processor: String {
        Processor.name.isEmpty ? "unknown" : Processor.name
    }

    /// The instructions that the kernels use here: "vnni", "avx512", "avxvnni", "avx2", "neon" or "portable".
    public static var kernels: String { KernelLevel.inUse.name }

    /// Whether the kernels use no instructions beyond the portable ones.
    public static var isPortable: Bool { KernelLevel.inUse == KernelLevel.all.first }

    public static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }
}

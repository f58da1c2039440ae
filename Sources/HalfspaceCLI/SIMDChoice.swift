import ArgumentParser
import Foundation
import HalfSpace

/// What HALFSPACE_SIMD may say.
enum SIMDChoice {
    /// - Throws: `ValidationError` for a level that there is none of, or that the processor lacks.
    static func check(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        guard let name = environment["HALFSPACE_SIMD"], !name.isEmpty else { return }
        do {
            _ = try KernelLevel(named: name)
        } catch {
            throw ValidationError("HALFSPACE_SIMD: \(error).")
        }
    }
}

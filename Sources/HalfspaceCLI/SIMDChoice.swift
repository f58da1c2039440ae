import ArgumentParser
import CKernels
import Foundation

/// What HALFSPACE_SIMD may say.
enum SIMDChoice {
    /// - Throws: `ValidationError` for a level that there is none of.
    static func check(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        guard let name = environment["HALFSPACE_SIMD"], !name.isEmpty else { return }
        let names = (CK_PORTABLE...CK_VNNI).map { String(cString: ck_level_name(Int32($0))) }
        guard !names.contains(name) else { return }
        throw ValidationError("HALFSPACE_SIMD is '\(name)'; there are \(names.joined(separator: ", ")).")
    }
}

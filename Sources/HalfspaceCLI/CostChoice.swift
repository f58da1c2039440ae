import ArgumentParser
import Foundation
import HalfSpace

/// What HALFSPACE_COSTS may say: nothing, so that this machine's costs are used, or "assumed", so that every machine plans alike.
enum CostChoice {
    private static let variable = "HALFSPACE_COSTS"
    private static let assumed = "assumed"

    /// - Throws: `ValidationError` for costs that there are none of.
    static func check(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        guard let name = environment[variable], !name.isEmpty, name != assumed else { return }
        throw ValidationError("\(variable) is '\(name)'; it may be '\(assumed)', or be left out.")
    }

    /// Lets the first plan fetch this machine's costs, unless the environment says that they are assumed.
    static func use(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
        if environment[variable] != assumed { MachineCosts.use { MachineCostsFile().loadOrMeasure() } }
    }
}

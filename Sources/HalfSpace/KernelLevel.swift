import CKernels
import Foundation

/// An instruction set that the kernels are compiled for; the results of all are the same by the definition.
public struct KernelLevel: Equatable, Sendable {
    /// CKernels' number.
    let number: Int32

    /// What a processor can do, as far as levels ask.
    public struct Features: Sendable {
        let bits: UInt32

        /// Of the processor that this runs on.
        public static var here: Features { Features(bits: ck_features()) }
    }

    /// Every level that there is, the plainest first.
    public static var all: [KernelLevel] { (0..<Int32(CK_LEVELS)).map(KernelLevel.init(number:)) }

    /// The levels that a processor can run.
    public static func served(by features: Features = .here) -> [KernelLevel] {
        all.filter { ck_level_serves($0.number, features.bits) != 0 }
    }

    /// The level that kernels use now.
    public static var inUse: KernelLevel { KernelLevel(number: ck_level()) }

    /// "portable", "avx2", "avxvnni", "avx512", "vnni" or "neon".
    public var name: String { String(cString: ck_level_name(number)) }

    /// The level of a name.
    /// - Throws: `KernelLevelRefused` if there is none of that name, or if a processor with these features cannot run it.
    public init(named name: String, on features: Features = .here) throws(KernelLevelRefused) {
        guard let level = Self.all.first(where: { $0.name == name }) else {
            throw KernelLevelRefused(name: name, isKnown: false, choices: Self.all.map(\.name))
        }
        let served = Self.served(by: features)
        guard served.contains(level) else {
            throw KernelLevelRefused(name: name, isKnown: true, choices: served.map(\.name))
        }
        self = level
    }

    init(number: Int32) { self.number = number }

    /// Lets every kernel use this level from now on, or the best that the processor has where it lacks this one.
    public func use() { ck_force_level(number) }

    /// Runs at the level and goes back to the one before; one at a time, since the level is the process's.
    package static func during<Result>(_ number: Int32, _ body: () throws -> Result) rethrows -> Result {
        try turn.withLock {
            let before = ck_level()
            ck_force_level(number)
            defer { ck_force_level(before) }
            return try body()
        }
    }

    private static let turn = NSRecursiveLock()
}

/// A level that there is none of, or that the processor lacks.
public struct KernelLevelRefused: Error, Equatable, CustomStringConvertible {
    public let name: String
    /// Whether there is such a level.
    public let isKnown: Bool
    /// Levels that can be asked for instead.
    public let choices: [String]

    public var description: String {
        let names = choices.joined(separator: ", ")
        return isKnown
            ? "this processor has no \(name); it has \(names)"
            : "'\(name)' is no level of the kernels; there are \(names)"
    }
}

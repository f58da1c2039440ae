import Foundation
import PseudoTerminal
import Testing

/// The program under test, as it was built beside the tests.
enum Program {
    static var path: String {
        get throws { try #require(BuildFolder.executable("halfspace"), "the halfspace executable is not built") }
    }

    /// The dashboard in a tmux window, small enough for a debug build.
    static func open(
        _ options: [String] = ["--n", "2048"], width: Int = 120, height: Int = 40, environment: [String: String] = [:]
    ) throws -> TmuxScreen {
        try TmuxScreen([path] + options, environment: environment, width: width, height: height)
    }

    /// What a command without a screen prints, and its exit status.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> (
        output: String, errors: String, status: Int32
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path)
        process.arguments = arguments
        // Plans are the same on every machine.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["HALFSPACE_COSTS": "assumed"]) { $1 }.merging(environment) { $1 }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (text, complaints, process.terminationStatus)
    }
}

/// All that drives a real terminal, one after the other.
@Suite(.serialized) struct EndToEnd {}

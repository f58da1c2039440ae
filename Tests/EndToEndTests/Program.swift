import Foundation
import PseudoTerminal
import TemporaryFiles
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

extension Program {
    /// A causal trace of two heads with d = 2, in a file of its own; `edit` may change its float32 entries: of q, then k, then
    /// v, each by head, token and component.
    static func trace(tokens: Int, edit: (inout [Float]) -> Void = { _ in }) throws -> String {
        let (heads, d) = (2, 2)
        let bytes = heads * tokens * d * 4
        let tensors = ["q", "k", "v"].enumerated().map { i, name in
            "\"layers.0.\(name)\":{\"dtype\":\"F32\",\"shape\":[\(heads),\(tokens),\(d)],"
                + "\"data_offsets\":[\(i * bytes),\((i + 1) * bytes)]}"
        }
        let header = "{\"__metadata__\":{\"causal\":\"true\"}," + tensors.joined(separator: ",") + "}"
        var entries = (0..<(3 * heads * tokens * d)).map { Float($0 * 37 % 11) - 5 }
        edit(&entries)
        var file = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
        entries.withUnsafeBytes { file.append(contentsOf: $0) }
        let path = temporaryFile("trace.safetensors")
        try file.write(to: path)
        return path.path
    }
}

/// All that drives a real terminal, one after the other.
@Suite(.serialized) struct EndToEnd {}

import ArgumentParser
import Assets
import Foundation
import Testing

@testable import HalfspaceCLI

/// Every option of every command with the extremes of what can be typed, inside the test's own process: a trap ends it.
@Suite(.serialized) struct OptionSweepTests {
    /// One option as the program's own help describes it.
    struct Option: Hashable {
        var command: [String]
        var name: String
        var about: String
    }

    private struct Help: Decodable {
        struct Command: Decodable {
            var commandName: String
            var arguments: [Argument]?
            var subcommands: [Command]?
        }
        struct Argument: Decodable {
            struct Name: Decodable { var name: String }
            var kind: String
            var names: [Name]?
            var abstract: String?
        }
        var command: Command
    }

    private static func options() throws -> [Option] {
        var found: [Option] = []
        func walk(_ command: Help.Command, _ path: [String]) {
            for argument in command.arguments ?? [] where argument.kind == "option" {
                guard let name = argument.names?.first?.name else { continue }
                found.append(Option(command: path, name: name, about: argument.abstract ?? ""))
            }
            for sub in command.subcommands ?? [] { walk(sub, path + [sub.commandName]) }
        }
        walk(try JSONDecoder().decode(Help.self, from: Data(Halfspace._dumpHelp().utf8)).command, [])
        // What several commands share is one definition: it is tried with the first command that is run.
        var seen: Set<[String]> = []
        return (found.filter { company($0) != nil } + found).filter { seen.insert([$0.name, $0.about]).inserted }
    }

    static let numbers = [
        "nan", "-nan", "inf", "-inf", "1e308", "-1e308", "1.8e308", "4.9e-324", "1e-30", "0", "-0", "-0.0", "-1", "1",
        "2",
        "2147483647", "2147483648", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "18446744073709551615", "99999999999999999999999999999999", "0x10", "1_000", "1,5",
    ]
    static let texts = [
        "", " ", "abc", "-", ",", ",,", "1,2,9223372036854775807", "n^1e400", "n^-1", "n^nan", "n^0", "n^1", "１２", "٣",
        "日本語", "e\u{301}", "\u{202E}1", "a\u{1B}[2Jb", "a\nb", "120x0", "0x0", "9223372036854775807x1", "-1x-1",
        String(repeating: "9", count: 5000), String(repeating: "x", count: 5000),
    ]

    /// What a command is given beside an option, so that it ends soon; commands that are not here are only parsed.
    private static func company(_ option: Option) -> [String]? {
        let command = option.command.joined(separator: " ")
        switch command {
        case "stream":
            let tiny = ["--steps", "1", "--n", "24", "--d", "2"]
            switch option.name {
            case "layer", "head", "names", "layout", "scale", "from", "to", "trace":
                return ["--steps", "1", "--workload", "trace"]
            case "softcap": return ["--steps", "1", "--workload", "trace", "--activation", "softmax"]
            case "model", "prompt", "generate", "top-p": return ["--steps", "1", "--workload", "model"]
            case "epsilon", "by": return tiny + ["--activation", "softmax"]
            case "budget": return tiny + ["--rule", "count"]
            case "steps": return ["--n", "24", "--d", "2"]
            case "n": return ["--steps", "1", "--d", "2"]
            case "d": return ["--steps", "1", "--n", "24"]
            default: return tiny
            }
        case "bench decode", "bench topr", "bench prefill", "bench init", "bench append", "bench slopes":
            let sizes = [("n", "64"), ("d", "2"), ("queries", "1")].filter { $0.0 != option.name }
            return sizes.flatMap { ["--\($0.0)", $0.1] } + ["--warm"]
                + (command == "bench append" && option.name != "keys" ? ["--keys", "4"] : [])
                + (option.name == "budget" ? ["--rule", "count"] : [])
        case "evaluate": return option.name == "table" ? [] : ["--table", "T11"]
        case "trace": return [Assets.trace.path] + (option.name == "queries" ? [] : ["--queries", "1"])
        case "verify": return option.name == "seconds" ? ["--cases", "1"] : ["--seconds", "0.001"]
        case "doctor": return []
        default: return nil
        }
    }

    /// Whether a value may ask for more work than a test has time for, or for a file.
    private static func isLong(_ option: Option, _ value: String) -> Bool {
        let size = value.split(separator: ",").compactMap { Double($0) }.map(abs).max() ?? 0
        let isLarge = !(size < 100_000) && !size.isNaN
        switch option.name {
        case "steps", "cases", "queries", "keys", "rounds", "rows", "tokens", "generate", "threads", "workers",
            "seconds":
            return isLarge
        case "table": return true
        case "outputs", "trace-out", "log", "svg", "record": return true
        // All heads of a trace are measured.
        case "layer", "head", "sort": return option.command == ["trace"] && !isLarge
        default: return false
        }
    }

    @Test func everyOptionTakesOrRefusesEverything() throws {
        let options = try Self.options()
        #expect(options.count > 60)
        let (parsed, ran) = try Self.withoutOutput { () throws -> (Int, Int) in
            var (parsed, ran) = (0, 0)
            for option in options {
                for value in Self.numbers + Self.texts {
                    let given = option.command + (Self.company(option) ?? []) + ["--\(option.name)=\(value)"]
                    do {
                        var command = try Halfspace.parseAsRoot(given)
                        parsed += 1
                        guard Self.company(option) != nil, !Self.isLong(option, value) else { continue }
                        ran += 1
                        try reportingFailure { try command.run() }
                    } catch {
                        let status = Halfspace.exitCode(for: error).rawValue
                        #expect(
                            [64, 65, 66, 73].contains(status), "\(given.map { $0.prefix(80) }): \(status), \(error)")
                    }
                }
            }
            return (parsed, ran)
        }
        #expect(parsed > 500 && ran > 200, "\(parsed) parsed, \(ran) ran")
    }

    /// Standard output leads nowhere meanwhile: what commands print is not looked at.
    private static func withoutOutput<Result>(_ body: () throws -> Result) throws -> Result {
        fflush(nil)
        let kept = dup(STDOUT_FILENO)
        let nowhere = open("/dev/null", O_WRONLY)
        dup2(nowhere, STDOUT_FILENO)
        close(nowhere)
        defer {
            fflush(nil)
            dup2(kept, STDOUT_FILENO)
            close(kept)
        }
        return try body()
    }
}

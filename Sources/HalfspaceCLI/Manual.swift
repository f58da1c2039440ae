import ArgumentParser
import Dashboard
import Foundation

/// `halfspace completions bash|zsh|fish`: what makes a shell complete commands and options.
struct Completions: ParsableCommand {
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    static let configuration = CommandConfiguration(
        abstract: "Print a completion script for a shell.",
        discussion: """
            bash: halfspace completions bash > ~/.local/share/bash-completion/completions/halfspace
            zsh: halfspace completions zsh > a folder of $fpath, as _halfspace
            fish: halfspace completions fish > ~/.config/fish/completions/halfspace.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() {
        switch shell {
        case .bash: print(Halfspace.completionScript(for: .bash))
        case .zsh: print(Halfspace.completionScript(for: .zsh))
        case .fish: print(Halfspace.completionScript(for: .fish))
        }
    }
}

/// `halfspace manual`: a page for man(1), made from the commands' help and the table of the keys.
struct Manual: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the manual page.", discussion: "halfspace manual | man -l -")

    func run() { print(Self.page) }

    static var page: String {
        var lines = [
            ".TH HALFSPACE 1", ".SH NAME",
            roff("halfspace - \(Halfspace.configuration.abstract)"), ".SH SYNOPSIS", ".B halfspace",
            "[command] [options]",
            ".SH COMMANDS",
        ]
        func add(_ command: any ParsableCommand.Type, under path: String) {
            let name = path + " " + (command.configuration.commandName ?? "\(command)".lowercased())
            lines += [".SS \(roff(name))", ".nf"]
            lines += Halfspace.helpMessage(for: command, columns: 76).split(
                separator: "\n", omittingEmptySubsequences: false
            ).map { roff(String($0)) }
            lines.append(".fi")
            for child in command.configuration.subcommands { add(child, under: name) }
        }
        for command in Halfspace.configuration.subcommands { add(command, under: "halfspace") }
        lines.append(".SH KEYS")
        for binding in BindingTable.standard.helpLines {
            lines += [".TP", ".B " + roff(binding.keys.map(\.label).joined(separator: ", ")), roff(binding.title)]
        }
        return lines.joined(separator: "\n")
    }

    /// A line that the typesetter takes as it stands.
    private static func roff(_ line: String) -> String {
        let plain = line.replacingOccurrences(of: "\\", with: "\\e").replacingOccurrences(of: "-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}

import ArgumentParser
import Dashboard
import Foundation
import Logging
import Screen
import Simulation
import Terminal

/// `halfspace run`, and `halfspace` alone: the dashboard.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch it live (the default command).",
        discussion: "Press ? for the keys and q to leave."
    )

    @OptionGroup var options: RunOptions
    @OptionGroup var look: LookOptions
    @Option(help: ArgumentHelp("Write a log here.", valueName: "file"))
    var log: String?

    func validate() throws { try options.check() }

    func run() throws {
        Heap.returnLargeBlocks()
        try reportingFailure {
            let config = try ConfigFile.load()
            let settings = try options.settings(over: config)
            try settings.validate()
            let chosen = try look.chosenTheme(config)
            let logger = try LogFile.logger(path: log)
            let terminal = try Terminal(look.terminalOptions(config))
            defer { terminal.close() }
            logger.info("opened a \(terminal.type) of \(terminal.width)×\(terminal.height)")

            let state = look.state(settings: settings, chosen: chosen, terminal: terminal, config: config)
            let engine = Engine(settings: settings, threads: options.threads)
            let waker = terminal.waker
            engine.onPublish { waker.wake() }
            engine.send(.pace(state.pace))
            let last = config.remembersTheme ? LastTheme() : nil
            DashboardLoop(
                state: state, display: terminal, engine: engine,
                sources: [look.themeWatcher] + (last.map { [$0] } ?? [])
            ).run { last?.note($0) }
            engine.send(.stop)
            logger.info("closed after \(engine.snapshot.step) steps")
            terminal.close()
            if let signal = terminal.endingSignal { Terminal.endProcess(bySignal: signal) }
        }
    }
}

extension Terminal: Display {}

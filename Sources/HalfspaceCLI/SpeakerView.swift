import Dashboard
import Foundation
import Screen
import Terminal

/// `halfspace demo NAME --speaker`: follows the talk of that name that runs on the same machine.
struct SpeakerView {
    let demo: String
    let look: LookOptions

    /// Seconds between looks at the socket.
    private static let interval = 0.2

    func run() throws {
        let link = try SpeakerLink(demo: demo)
        let config = try ConfigFile.load()
        let chosen = try look.chosenTheme(config)
        let terminal = try Terminal(look.terminalOptions(config))
        defer { terminal.close() }
        let theme = look.state(settings: .init(), chosen: chosen, terminal: terminal).theme
        let screen = SpeakerScreen(theme: theme, depth: terminal.profile.depth, glyphs: terminal.profile.glyphs)
        var note: SpeakerNote?
        var isDrawn = false
        while true {
            let wasConnected = link.isConnected
            if let newer = link.read() { (note, isDrawn) = (newer, false) }
            if wasConnected, !link.isConnected { (note, isDrawn) = (nil, false) }
            if !isDrawn {
                terminal.draw(
                    screen.picture(note, waitingFor: demo, width: terminal.width, height: terminal.height))
                isDrawn = true
            }
            for event in terminal.events(within: Self.interval) {
                switch event {
                case .key(.character("q")), .key(.control("c")), .closed:
                    terminal.close()
                    if let signal = terminal.endingSignal { Terminal.endProcess(bySignal: signal) }
                    return
                case .resumed, .key(.control("l")):
                    terminal.invalidate()
                    isDrawn = false
                case .key(.control("z")):
                    terminal.suspend()
                    terminal.invalidate()
                    isDrawn = false
                case .resized: isDrawn = false
                default: break
                }
            }
        }
    }
}

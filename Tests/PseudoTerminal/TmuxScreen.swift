#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program in a tmux of its own, so that a test can read what a person would see.
///
/// The session runs on a socket by itself with no configuration, and keeps the last picture after the program has ended.
public final class TmuxScreen {
    public struct CannotStart: Error, CustomStringConvertible {
        public let description: String
    }

    private let socket: String

    /// Whether tmux is there at all.
    public static let isAvailable = run("command -v tmux").contains("tmux")

    /// Starts a command (its words are quoted) in a window of the given size; `environment` is set for it.
    ///
    /// - Parameter term: what `TERM` says inside: `tmux-256color` or `screen-256color` and their like.
    public init(
        _ command: [String], environment: [String: String] = [:], width: Int = 120, height: Int = 40,
        term: String = "tmux-256color"
    ) throws {
        socket = "halfspace-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let variables = environment.sorted { $0.key < $1.key }.map { Self.quoted("\($0.key)=\($0.value)") }
        let line = (["exec", "env"] + variables + command.map { Self.quoted($0) }).joined(separator: " ")
        let said = tmux(
            "-f /dev/null start-server \\; set -g default-terminal \(Self.quoted(term)) \\; set -g remain-on-exit on "
                + "\\; set -g status off \\; set -sa terminal-features ',*:RGB' "
                + "\\; new-session -d -x \(width) -y \(height) \(Self.quoted(line))")
        guard said.isEmpty else { throw CannotStart(description: said) }
    }

    deinit {
        kill()
    }

    /// Ends the session and whatever runs in it.
    public func kill() {
        tmux("kill-server")
    }

    /// The screen as text, one string a row.
    public var lines: [String] {
        tmux("capture-pane -p -N").split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    }

    /// The screen as one text; blanks at the end of a row are left out.
    public var text: String { tmux("capture-pane -p") }

    /// The screen with its colours and attributes as escape sequences.
    public var styledText: String { tmux("capture-pane -e -p -N") }

    /// Presses keys by tmux's names: `q`, `Down`, `C-c`, `PageDown`, `Escape`.
    public func press(_ keys: String...) {
        press(keys)
    }

    /// Presses keys in one go.
    public func press(_ keys: [String]) {
        tmux("send-keys " + keys.map { Self.quoted($0) }.joined(separator: " "))
    }

    /// Types text as it stands.
    public func type(_ text: String) {
        tmux("send-keys -l " + Self.quoted(text))
    }

    public func resize(width: Int, height: Int) {
        tmux("resize-window -x \(width) -y \(height)")
    }

    /// Looks at the screen until `condition` holds. Whether it held within the time.
    @discardableResult
    public func wait(seconds: Double = 30, until condition: (String) -> Bool) -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(Int(seconds * 1000))
        while true {
            if condition(text) { return true }
            if clock.now >= end { return false }
            usleep(40_000)
        }
    }

    /// Waits until the screen shows a text.
    @discardableResult
    public func wait(for wanted: String, seconds: Double = 30) -> Bool {
        wait(seconds: seconds) { $0.contains(wanted) }
    }

    /// The program's exit status once it has ended; nil while it runs. A signal counts 128 and its number.
    public var exitStatus: Int? {
        let parts = ask("#{pane_dead} #{pane_dead_status} #{pane_dead_signal}").split(
            separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "1" else { return nil }
        if let status = Int(parts[1]) ?? Int(parts[2]).map({ 128 + $0 }) { return status }
        // tmux 3.3 now and then misses that its child has ended, and leaves it a zombie: tell it once more.
        if let server = pid_t(ask("#{pid}")) { Self.signal(server, SIGCHLD) }
        return nil
    }

    /// Waits for the end; nil if the program still runs.
    public func waitForExit(seconds: Double = 30) -> Int? {
        wait(seconds: seconds) { _ in exitStatus != nil }
        return exitStatus
    }

    /// The process in the window.
    public var process: pid_t? { pid_t(ask("#{pane_pid}")) }

    /// Bytes that were typed and that the program has not read yet; nil where its terminal is gone.
    public var unreadInput: Int? {
        let descriptor = open(ask("#{pane_tty}"), O_RDONLY | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : nil
    }

    /// Whether the program is on the alternate screen.
    public var isAlternate: Bool { ask("#{alternate_on}") == "1" }

    private func ask(_ format: String) -> String {
        var answer = tmux("display-message -p " + Self.quoted(format))
        while answer.last?.isNewline == true { answer.removeLast() }
        return answer
    }

    private static func signal(_ process: pid_t, _ number: Int32) {
        #if canImport(Glibc)
            Glibc.kill(process, number)
        #else
            Darwin.kill(process, number)
        #endif
    }

    @discardableResult
    private func tmux(_ arguments: String) -> String {
        // Nothing of the tests' own environment, in which NO_COLOR or a tmux may be set, reaches the program.
        Self.run(
            "env -i PATH=\"$PATH\" HOME=/tmp LANG=C.UTF-8 TERM=xterm-256color tmux -u -L \(socket) \(arguments) </dev/null 2>&1"
        )
    }

    private static func run(_ line: String) -> String {
        guard let pipe = popen(line, "r") else { return "" }
        defer { pclose(pipe) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&part, 1, part.count, pipe)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += part[..<count]
        }
    }

    private static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}

import CPseudoTerminal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program that runs on a terminal made for it.
///
/// Everything that it writes is read by whoever waits, and kept in ``output``.
public final class PseudoTerminal {
    public enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    public struct CannotStart: Error, CustomStringConvertible {
        public let description: String
    }

    public let process: pid_t
    /// All bytes written so far, as far as they were read.
    public private(set) var output: [UInt8] = []
    private var master: Int32 = -1
    private var ending: Ending?

    /// The variables a program gets if it is given no others.
    public static let environment = [
        "PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "TERM": "xterm-256color",
    ]

    /// Starts the program at a path; `environment` is added to ``PseudoTerminal/environment``, nil takes a variable away.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], width: Int = 120,
        height: Int = 40
    ) throws {
        var variables = Self.environment
        for (name, value) in environment { variables[name] = value }
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        process = pt_spawn(argv, envp, Int32(width), Int32(height), &master)
        guard process > 0 else { throw CannotStart(description: "\(program): \(String(cString: strerror(errno)))") }
    }

    deinit {
        if ending == nil {
            kill(process, SIGKILL)
            var value: Int32 = 0
            while pt_poll(process, &value) == 0 { usleep(2000) }
        }
        closeMaster()
    }

    /// The output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }

    /// Reads what there is, for at most `seconds`, until `condition` holds. Whether it held.
    @discardableResult
    public func read(for seconds: Double, until condition: (PseudoTerminal) -> Bool = { _ in false }) -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(Int(seconds * 1000))
        while true {
            drain()
            if condition(self) { return true }
            if clock.now >= end { return false }
            if master >= 0 {
                var waiting = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
                // A hung-up terminal answers at once for ever.
                if poll(&waiting, 1, 10) > 0 && Int32(waiting.revents) & POLLIN == 0 { usleep(5000) }
            } else {
                usleep(5000)
            }
        }
    }

    /// Waits until the output holds a text, from `start` bytes on.
    public func wait(for wanted: String, from start: Int = 0, seconds: Double = 30) -> Bool {
        let bytes = Array(wanted.utf8)
        var looked = start
        return read(for: seconds) { terminal in
            if terminal.index(of: bytes, from: looked) != nil { return true }
            // What was looked through is not looked through again, save for a beginning at its end.
            looked = max(start, terminal.output.count - bytes.count)
            return false
        }
    }

    /// Waits for the program to end; nil if it does not.
    public func waitForEnd(seconds: Double = 30) -> Ending? {
        read(for: seconds) { $0.poll() != nil }
        drain()
        return ending
    }

    /// The same without taking what the program writes: its terminal stands still.
    public func waitForEndWithoutReading(seconds: Double) -> Ending? {
        for _ in 0..<Int(seconds * 100) where poll() == nil { usleep(10_000) }
        return ending
    }

    public var isRunning: Bool { poll() == nil }

    public func type(_ text: String) { type(bytes: Array(text.utf8)) }

    public func type(bytes: [UInt8]) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let done = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            guard done > 0 else { return }
            bytes = bytes.dropFirst(done)
        }
    }

    public func resize(width: Int, height: Int) {
        _ = pt_resize(master, Int32(width), Int32(height))
    }

    public func send(signal: Int32) {
        kill(process, signal)
    }

    /// The window is closed: the program's terminal is gone.
    public func closeMaster() {
        guard master >= 0 else { return }
        close(master)
        master = -1
    }

    /// Whether the line is as a shell wants it: lines, echo, newlines translated.
    public var isCooked: Bool { pt_is_cooked(master) == 1 }

    /// Processor time used so far; nil where it is not known.
    public var processorSeconds: Double? {
        let milliseconds = pt_processor_milliseconds(process)
        return milliseconds < 0 ? nil : Double(milliseconds) / 1000
    }

    /// How often a text occurs in the output.
    public func count(of wanted: String) -> Int {
        let bytes = Array(wanted.utf8)
        var count = 0
        var at = 0
        while let found = index(of: bytes, from: at) {
            count += 1
            at = found + bytes.count
        }
        return count
    }

    private func index(of bytes: [UInt8], from start: Int) -> Int? {
        guard let first = bytes.first, output.count >= bytes.count else { return nil }
        return output.withUnsafeBufferPointer { output in
            var at = max(0, start)
            while at + bytes.count <= output.count {
                if output[at] == first && output[at..<at + bytes.count].elementsEqual(bytes) { return at }
                at += 1
            }
            return nil
        }
    }

    private func drain() {
        guard master >= 0 else { return }
        var part = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = part.withUnsafeMutableBytes { Self.readBytes(master, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            output += part[..<count]
        }
    }

    private static func readBytes(_ descriptor: Int32, _ into: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, into, count)
        #else
            Darwin.read(descriptor, into, count)
        #endif
    }

    private func poll() -> Ending? {
        if let ending { return ending }
        var value: Int32 = 0
        switch pt_poll(process, &value) {
        case 1: ending = .exited(value)
        case 2: ending = .signalled(value)
        case -1: ending = .exited(-1)
        default: break
        }
        return ending
    }

    private func poll(_ waiting: inout pollfd, _ count: nfds_t, _ milliseconds: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.poll(&waiting, count, milliseconds)
        #else
            Darwin.poll(&waiting, count, milliseconds)
        #endif
    }
}

import Foundation
import Screen
import Terminal

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program that does nothing but hold a terminal: tests end it in every way there is and look at what is left.
///
/// It shows its size and what it was told last, and obeys a few keys.
struct Probe {
    var said = "ready"
    var resumptions = 0
    /// Whether it draws another picture every few milliseconds.
    var floods = false

    mutating func run() throws -> Int32 {
        var options = Terminal.Options()
        options.mouse = CommandLine.arguments.contains("--mouse")
        let terminal = try Terminal(options)
        defer { terminal.close() }
        while true {
            terminal.draw(picture(terminal.size))
            for event in terminal.events(within: floods ? 0.01 : 60) {
                switch event {
                case .key(.character("q")): return 0
                case .key(.character("!")): fatalError("the probe was told to stop")
                case .key(.character("o")): said = String([1, 2, 3][CommandLine.arguments.count + 5])
                case .key(.character("t")): throw ProbeError()
                case .key(.character("e")): exit(3)
                case .key(.character("s")):
                    _ = write(STDERR_FILENO, "a word to stderr\n", 17)
                    said = "spoke"
                case .key(.character("x")): said = String(depth(0))
                case .key(.character("X")): overflowBeside()
                case .key(.character("f")): (said, floods) = ("flood", true)
                case .key(.character("n")): (said, floods) = ("now", false)
                case .key(.character("w")): while true { sleep(1000) }
                case .key(let key): said = "key \(key)"
                case .mouse(let event): said = "mouse \(event.kind) \(event.x) \(event.y)"
                case .resized(let width, let height): said = "resized \(width) \(height)"
                case .resumed: resumptions += 1
                case .closed:
                    terminal.close()
                    guard let signal = terminal.endingSignal else { return 9 }
                    Terminal.endProcess(bySignal: signal)
                }
            }
        }
    }

    /// A full stack on a thread beside the main one.
    private func overflowBeside() {
        let probe = self
        Thread {
            CrashReports.protectThread()
            print(probe.depth(0))
        }.start()
    }

    /// Goes down until the stack ends.
    private func depth(_ level: Int) -> Int {
        level < 0 ? 0 : depth(level + 1) + Int.random(in: 0...1)
    }

    private func picture(_ size: (width: Int, height: Int)) -> Buffer {
        var buffer = Buffer(width: size.width, height: size.height)
        if floods {
            // Another colour in every cell.
            for y in 0..<size.height {
                for x in 0..<size.width {
                    let colour = Colour(UInt32.random(in: 0...0xFFFFFF))
                    buffer[x, y] = Cell("▀", Style(colour, on: colour))
                }
            }
        }
        buffer.frame(buffer.bounds, style: Style(Colour(0x5080C0)), title: "\(size.width)x\(size.height)")
        buffer.put("said: \(said) (\(resumptions))", x: 2, y: 1, style: Style(Colour(0xFFC080), on: Colour(0x102030)))
        return buffer
    }
}

struct ProbeError: Error, CustomStringConvertible {
    let description = "the probe threw an error"
}

CrashReports.withoutQuestions()
var probe = Probe()
do {
    exit(try probe.run())
} catch {
    _ = "\(error)\n".withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(error is TerminalError ? 66 : 70)
}

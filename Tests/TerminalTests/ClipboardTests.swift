import Foundation
import Testing

@testable import Terminal

/// The sequence that copies (OSC 52).
@Suite struct ClipboardTests {
    @Test func base64IsThatOfFoundation() {
        for count in 0..<70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            #expect(Clipboard.base64(bytes) == Data(bytes).base64EncodedString())
        }
    }

    @Test func itIsWrappedForWhatStandsBetween() {
        let plain = "\u{1B}]52;c;aMOk\u{07}"
        func made(_ type: String, _ environment: [String: String]) -> String {
            Clipboard.sequence("h\u{E4}", type: type, environment: environment)
        }
        #expect(made("xterm-256color", [:]) == plain)
        #expect(made("tmux-256color", ["TMUX": "/tmp/x,1,0"]) == plain + "\u{1B}Ptmux;\u{1B}" + plain + "\u{1B}\\")
        #expect(made("screen", ["STY": "1.pts"]) == "\u{1B}P" + plain + "\u{1B}\\")
        // GNU screen takes short strings: together they are the sequence.
        let long = Clipboard.sequence(String(repeating: "x", count: 5000), type: "screen", environment: [:])
        let parts = long.components(separatedBy: "\u{1B}\\").filter { !$0.isEmpty }
        #expect(parts.count > 10 && parts.allSatisfy { $0.hasPrefix("\u{1B}P") && $0.utf8.count <= 242 })
        #expect(parts.map { $0.dropFirst(2) }.joined().hasPrefix("\u{1B}]52;c;eHh4"))
    }

    @Test func neverMoreThanTheTerminalTakes() {
        let lines = String(repeating: "a line of twenty.\u{20AC}\n", count: 6000)
        let cut = Clipboard.fitting(lines)
        #expect(cut.utf8.count <= Clipboard.limit && cut.utf8.count > Clipboard.limit - 30)
        #expect(cut.hasSuffix("\n") && lines.hasPrefix(cut))
        #expect(Clipboard.sequence(cut, type: "xterm", environment: [:]).utf8.count <= 100_000)
        let one = String(repeating: "\u{20AC}", count: 40_000)
        #expect(Clipboard.fitting(one).utf8.count == Clipboard.limit / 3 * 3)
        #expect(Clipboard.fitting("short") == "short")
    }

    @Test(arguments: [("linux", false), ("vt220", false), ("xterm-256color", true), ("tmux-256color", true)])
    func aConsoleHasNone(_ type: String, _ takes: Bool) {
        let profile = TerminalProfile(type: type, colours: 256, isUTF8: true, environment: [:])
        #expect(profile.takesClipboard == takes)
    }
}

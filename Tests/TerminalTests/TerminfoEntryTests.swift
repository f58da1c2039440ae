import Testing

@testable import Terminal

@Suite struct TerminfoEntryTests {
    @Test(arguments: ["xterm-256color", "tmux-256color", "screen", "linux", "vt100", "rxvt"])
    func readsAndWritesBack(type: String) throws {
        let entry = try #require(TerminfoEntry(named: type, environment: [:]))
        let again = try #require(TerminfoEntry(entry.bytes))
        #expect(again.bytes == entry.bytes)
        #expect(entry.bytes.starts(with: [0x1E, 0x02]))
    }

    @Test func trueColourIsWrittenOnce() throws {
        var entry = try #require(TerminfoEntry(named: "xterm-256color", environment: [:]))
        entry.setTrueColour()
        let once = entry.bytes
        entry.setTrueColour()
        #expect(entry.environmentValue.hasPrefix("hex:"))
        #expect(once.count < entry.bytes.count)
        let text = String(decoding: once, as: UTF8.self)
        #expect(text.contains("38;2;"))
        #expect(text.components(of: "RGB") == 1)
        #expect(String(decoding: entry.bytes, as: UTF8.self).components(of: "RGB") == 1)
    }

    @Test func brokenEntriesAreRefused() throws {
        let whole = try #require(TerminfoEntry(named: "xterm-256color", environment: [:])).bytes
        #expect(TerminfoEntry([]) == nil)
        #expect(TerminfoEntry(Array(whole.prefix(11))) == nil)
        #expect(TerminfoEntry(Array(whole.prefix(400))) == nil)
        #expect(TerminfoEntry([0x7F] + whole.dropFirst()) == nil)
        // Any cut and any flipped byte may give another entry or none, but never a trap.
        for at in stride(from: 0, to: whole.count, by: 11) {
            _ = TerminfoEntry(Array(whole.prefix(at)))
            var flipped = whole
            flipped[at] ^= 0xFF
            _ = TerminfoEntry(flipped)?.bytes
        }
        #expect(TerminfoEntry(named: "../etc/passwd", environment: [:]) == nil)
        #expect(TerminfoEntry(named: "", environment: [:]) == nil)
    }
}

extension String {
    fileprivate func components(of pattern: String) -> Int {
        var count = 0
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(pattern) { count += 1 }
            at = index(after: at)
        }
        return count
    }
}

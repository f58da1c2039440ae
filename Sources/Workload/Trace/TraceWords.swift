import Foundation

/// The words of a trace's tokens, from the text file beside it: `x.words.txt` beside `x.safetensors`, a word a line,
/// first the keys' and then the queries'.
struct TraceWords: Sendable {
    let keys: [String]
    let queries: [String]

    /// Where the words of a trace are looked for: `x.words.txt` beside `x.safetensors`, `words.txt` in a folder.
    static func path(beside trace: String) -> String {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: trace, isDirectory: &isFolder), isFolder.boolValue {
            return trace + (trace.hasSuffix("/") ? "" : "/") + "words.txt"
        }
        let endings = [".safetensors.index.json", ".safetensors", ".npz", ".npy"]
        let ending = endings.first { trace.hasSuffix($0) } ?? ""
        return trace.dropLast(ending.count) + ".words.txt"
    }

    /// Reads the words of a trace; nil if there is no such file. Of a self-attention trace, whose queries are its
    /// keys' tokens, the queries' lines may be left out.
    init?(beside trace: String, keys: Int, queries: Int, isSelfAttention: Bool) throws(TraceFault) {
        let path = Self.path(beside: trace)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try FileBytes(path: path)
        guard let text = String(validating: try file.bytes(0..<file.count), as: UTF8.self) else {
            throw TraceFault(path: path, problem: .notUTF8)
        }
        let lines = Self.lines(of: text)
        if isSelfAttention && lines.count == keys {
            self.keys = lines
            self.queries = lines
            return
        }
        guard lines.count == keys + queries else {
            throw TraceFault(
                path: path, problem: .wrongWordCount(lines: lines.count, keys: keys, queries: queries))
        }
        self.keys = Array(lines[..<keys])
        self.queries = Array(lines[keys...])
    }

    /// A line ends with a line feed, with or without a carriage return before; the last one need not.
    private static func lines(of text: String) -> [String] {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(Substring($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0)) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

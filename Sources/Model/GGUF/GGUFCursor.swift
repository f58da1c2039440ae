/// A place in a GGUF header that moves on as it is read. Every length is checked against what is left of the file before
/// anything is kept for it.
struct GGUFCursor {
    private let file: GGUFBytes
    private(set) var offset: Int
    private var window: [UInt8] = []
    private var windowStart = 0

    private static let windowLength = 1 << 18
    /// The longest header that is read: vocabularies of a million words take a tenth of it.
    static let longestHeader = 1 << 28

    init(_ file: GGUFBytes) {
        self.file = file
        offset = 0
    }

    private var end: Int { min(file.count, Self.longestHeader) }

    /// Fails unless so many bytes are left.
    func expect(_ length: UInt64, _ what: String) throws(GGUFFault) {
        guard length <= UInt64(end - offset) else {
            if length <= UInt64(max(0, file.count - offset)) {
                throw GGUFFault(path: file.path, .header("it is longer than \(Self.longestHeader >> 20) MiB"))
            }
            throw GGUFFault(path: file.path, .truncated(what))
        }
    }

    /// The next bytes.
    mutating func bytes(_ length: Int, _ what: String) throws(GGUFFault) -> ArraySlice<UInt8> {
        try expect(UInt64(max(0, length)), what)
        if offset < windowStart || offset + length > windowStart + window.count {
            window = try file.bytes(offset..<min(file.count, offset + max(length, Self.windowLength)))
            windowStart = offset
        }
        defer { offset += length }
        return window[(offset - windowStart)..<(offset - windowStart + length)]
    }

    /// The next little-endian number.
    mutating func number<Number: FixedWidthInteger>(_: Number.Type, _ what: String) throws(GGUFFault) -> Number {
        var value = Number.zero
        for (i, byte) in try bytes(Number.bitWidth / 8, what).enumerated() {
            value |= Number(truncatingIfNeeded: byte) << Number(truncatingIfNeeded: 8 * i)
        }
        return value
    }

    /// A length of 8 bytes and so many bytes of text.
    mutating func string(_ what: String) throws(GGUFFault) -> [UInt8] {
        let length = try number(UInt64.self, what)
        try expect(length, what)
        return Array(try bytes(Int(length), what))
    }
}

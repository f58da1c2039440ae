/// The members of a zip archive, from its central directory; sizes beyond 32 bits as well (zip64).
struct ZipArchive {
    /// A file in the archive.
    struct Member {
        var name: String
        /// 0 stored, 8 deflated.
        var method: Int
        var checksum: UInt32
        var compressed: Int
        var size: Int
        /// Where its local header stands.
        var header: Int
        var isEncrypted: Bool
    }

    /// How an archive with members begins.
    static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    let file: FileBytes
    private(set) var members: [Member] = []

    /// Reads the directory.
    init(file: FileBytes) throws(TraceFault) {
        self.file = file
        let directory = try Self.findDirectory(file)
        guard directory.bytes.lowerBound >= 0, directory.bytes.upperBound <= file.count,
            directory.bytes.count <= Self.longestDirectory
        else { throw Self.damaged(file, "its directory lies outside it") }
        let bytes = try file.bytes(directory.bytes)
        var at = 0
        for _ in 0..<directory.count {
            guard bytes.number(at, 4) == 0x0201_4B50, at + 46 <= bytes.count else {
                throw Self.damaged(file, "its directory is cut short")
            }
            let (nameLength, extraLength) = (bytes.number(at + 28, 2), bytes.number(at + 30, 2))
            let end = at + 46 + nameLength + extraLength + bytes.number(at + 32, 2)
            guard end <= bytes.count else { throw Self.damaged(file, "its directory is cut short") }
            var member = Member(
                name: String(decoding: bytes[(at + 46)..<(at + 46 + nameLength)], as: UTF8.self),
                method: bytes.number(at + 10, 2), checksum: UInt32(bytes.number(at + 16, 4)),
                compressed: bytes.number(at + 20, 4), size: bytes.number(at + 24, 4),
                header: bytes.number(at + 42, 4), isEncrypted: bytes.number(at + 8, 2) & 1 != 0)
            Self.widen(&member, Array(bytes[(at + 46 + nameLength)..<(at + 46 + nameLength + extraLength)]))
            members.append(member)
            at = end
        }
    }

    private static let longestDirectory = 64 << 20

    private static func damaged(_ file: FileBytes, _ reason: String) -> TraceFault {
        TraceFault(path: file.path, problem: .malformedArchive(reason))
    }

    /// Where the directory lies and how many members it has: the record at the end says so, before a comment.
    private static func findDirectory(_ file: FileBytes) throws(TraceFault) -> (bytes: Range<Int>, count: Int) {
        let start = max(0, file.count - 65_557)
        let tail = try file.bytes(start..<file.count)
        var at = tail.count - 22
        while at >= 0, tail.number(at, 4) != 0x0605_4B50 { at -= 1 }
        guard at >= 0 else { throw damaged(file, "it has no directory: it is truncated or no zip archive") }
        var (count, length, first) = (tail.number(at + 10, 2), tail.number(at + 12, 4), tail.number(at + 16, 4))
        if count == 0xFFFF || length == 0xFFFF_FFFF || first == 0xFFFF_FFFF {
            guard at >= 20, tail.number(at - 20, 4) == 0x0706_4B50 else {
                throw damaged(file, "its directory's length is missing")
            }
            let record = tail.number(at - 12, 8)
            guard record >= 0, record <= file.count - 56 else { throw damaged(file, "its directory lies outside it") }
            let wide = try file.bytes(record..<(record + 56))
            guard wide.number(0, 4) == 0x0606_4B50 else { throw damaged(file, "its directory's length is missing") }
            (count, length, first) = (wide.number(32, 8), wide.number(40, 8), wide.number(48, 8))
        }
        guard first >= 0, length >= 0, first <= file.count, length <= file.count - first, count <= length / 46 else {
            throw damaged(file, "its directory lies outside it")
        }
        return (first..<(first + length), count)
    }

    /// Takes sizes of 64 bits from the extra field where those of 32 say that they do not fit.
    private static func widen(_ member: inout Member, _ extra: [UInt8]) {
        var at = 0
        while at + 4 <= extra.count {
            let length = extra.number(at + 2, 2)
            if extra.number(at, 2) == 1 {
                var field = at + 4
                func next(_ value: inout Int) {
                    guard value == 0xFFFF_FFFF, field + 8 <= min(extra.count, at + 4 + length) else { return }
                    value = extra.number(field, 8)
                    field += 8
                }
                next(&member.size)
                next(&member.compressed)
                next(&member.header)
            }
            at += 4 + length
        }
    }

    /// Where a member's bytes stand in the file.
    func place(of member: Member) throws(TraceFault) -> Range<Int> {
        guard !member.isEncrypted else { throw Self.damaged(file, "\(member.name) is encrypted") }
        guard member.header >= 0, member.header <= file.count - 30 else {
            throw Self.damaged(file, "\(member.name) lies outside it")
        }
        let local = try file.bytes(member.header..<(member.header + 30))
        let start = member.header + 30 + local.number(26, 2) + local.number(28, 2)
        guard local.number(0, 4) == 0x0403_4B50, member.compressed >= 0, start <= file.count,
            member.compressed <= file.count - start
        else { throw Self.damaged(file, "\(member.name) lies outside it") }
        return start..<(start + member.compressed)
    }
}

extension [UInt8] {
    /// A little-endian number of up to 8 bytes; −1 where it lies outside, or does not fit.
    fileprivate func number(_ offset: Int, _ width: Int) -> Int {
        guard offset >= 0, offset + width <= count else { return -1 }
        var value: UInt64 = 0
        for i in (0..<width).reversed() { value = value << 8 | UInt64(self[offset + i]) }
        return Int(exactly: value) ?? -1
    }
}

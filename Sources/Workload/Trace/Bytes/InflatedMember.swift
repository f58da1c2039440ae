import Foundation
import Measurement
import Synchronization

/// A deflated member of a zip archive, inflated into memory when it is first read.
final class InflatedMember: ByteSource {
    let path: String
    let count: Int
    private let name: String
    private let checksum: UInt32
    private let compressed: ByteSlice
    private let content = Mutex<[UInt8]?>(nil)

    /// Deflate makes of a byte at most so many.
    private static let largestRatio = 1032

    /// - Throws: where a member announces more than deflate can have packed, or than memory should hold.
    init(_ member: ZipArchive.Member, of archive: ZipArchive) throws(TraceFault) {
        let place = try archive.place(of: member)
        func refusal(_ reason: String) -> TraceFault {
            TraceFault(path: archive.file.path, problem: .malformedArchive("\(member.name) \(reason)"))
        }
        guard member.size >= 0, member.size / Self.largestRatio <= place.count + 1 else {
            throw refusal("announces \(member.size) bytes, more than its \(place.count) can hold")
        }
        let most = min(Int(clamping: ProcessInfo.processInfo.physicalMemory / 4), MachineMemory.room)
        guard member.size <= most else {
            throw refusal(
                "inflates to \(member.size) bytes, over a quarter of this machine's memory; save it with numpy.savez,"
                    + " which does not compress")
        }
        path = archive.file.path
        count = member.size
        name = member.name
        checksum = member.checksum
        compressed = ByteSlice(whole: archive.file, range: place)
    }

    /// The first bytes, without the rest.
    func head(_ length: Int) throws(TraceFault) -> [UInt8] {
        // A header of text takes no more room deflated than so.
        let packed = try compressed.bytes(0..<min(compressed.count, length + 1024))
        return try inflate(packed, limit: min(length, count), stopsThere: true)
    }

    private func inflate(_ packed: [UInt8], limit: Int, stopsThere: Bool) throws(TraceFault) -> [UInt8] {
        do {
            return try Inflate.inflate(packed, limit: limit, stopsThere: stopsThere)
        } catch {
            throw damaged(error.reason)
        }
    }

    private func damaged(_ reason: String) -> TraceFault {
        TraceFault(path: path, problem: .malformedArchive("\(name) cannot be inflated: \(reason)"))
    }

    func read(at offset: Int, into out: UnsafeMutableRawBufferPointer) throws(TraceFault) {
        guard offset >= 0, offset <= count, out.count <= count - offset else {
            throw TraceFault(path: path, problem: .truncated(needed: offset &+ out.count, there: count))
        }
        let held = content.withLock { $0 }
        let bytes: [UInt8]
        if let held {
            bytes = held
        } else {
            bytes = try whole()
            content.withLock { $0 = bytes }
        }
        bytes.withUnsafeBytes {
            out.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + out.count)]))
        }
    }

    private func whole() throws(TraceFault) -> [UInt8] {
        let bytes = try inflate(try compressed.bytes(0..<compressed.count), limit: count, stopsThere: false)
        guard bytes.count == count else { throw damaged("it gives \(bytes.count) bytes, not \(count)") }
        guard CyclicRedundancyCheck.of(bytes) == checksum else { throw damaged("its checksum is another") }
        return bytes
    }
}

/// The checksum of zip archives (CRC-32, reflected, polynomial 0xEDB88320).
enum CyclicRedundancyCheck {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
    }

    static func of(_ bytes: [UInt8]) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
        }
    }
}

import Foundation
import Testing

@testable import Workload

/// Files that change, are replaced, or are larger than memory.
@Suite struct TraceFileTests {
    /// Cut short or written over while it is read: a sentence, not a signal.
    @Test func filesThatChangeAreFoundOut() throws {
        for change in ["cut", "rewritten", "grown"] {
            let builder = try TraceBuilder(heads: 1, queries: 5, keys: 5)
            try builder.write()
            let trace = try TraceWorkload(path: builder.path)
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: builder.path))
            switch change {
            case "cut": try handle.truncate(atOffset: 100)
            case "grown":
                try handle.seekToEnd()
                try handle.write(contentsOf: Data([1]))
            default: try handle.write(contentsOf: Data([1, 2, 3]))
            }
            try handle.close()
            // What was read stays.
            #expect(try trace.step(4, sequence: 3).query == [16, 17, 18, 19].map { $0 / 8 })
            expect(
                "\(builder.path): was changed while it was read; copy it, or wait until it is written, and open it again",
                65
            ) { try prompt(of: trace) }
        }
    }

    /// A file that another is moved over stays what it was.
    @Test func filesThatAreReplacedStay() throws {
        let builder = try TraceBuilder(heads: 1)
        try builder.write()
        let trace = try TraceWorkload(path: builder.path)
        try FileManager.default.removeItem(atPath: builder.path)
        try builder.write([0])
        #expect(try promptKeys(of: trace).first == 100)
    }

    /// Ten gigabytes, of which one head's first keys are read.
    @Test func largeFilesOpenAtOnce() throws {
        let builder = try TraceBuilder()
        let tokens = 20_000_000
        let bytes = 2 * tokens * 64 * 2
        let sizes = [("q", 2 * 64 * 2, 1), ("k", bytes, tokens), ("v", bytes, tokens)]
        var (fields, offset) = ([String](), 0)
        for (role, size, rows) in sizes {
            let place = "\"data_offsets\":[\(offset),\(offset + size)]"
            fields.append("\"layers.0.\(role)\":{\"dtype\":\"F16\",\"shape\":[2,\(rows),64],\(place)}")
            offset += size
        }
        let header = Array("{\(fields.joined(separator: ","))}".utf8)
        try builder.write(TraceBuilder.bytes(UInt64(header.count)) + header)
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: builder.path))
        try handle.truncate(atOffset: UInt64(8 + header.count + offset))
        try handle.close()
        let clock = ContinuousClock()
        let start = clock.now
        let trace = try TraceWorkload(path: builder.path, head: 1, n: 1_000)
        #expect(try prompt(of: trace).count == 1_000)
        #expect(clock.now - start < .seconds(1))
    }
}

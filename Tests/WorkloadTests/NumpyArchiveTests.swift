import Foundation
import Testing

@testable import Workload

/// Archives as `numpy.savez` and `numpy.savez_compressed` write them, made by Python where there is one, and ones that lie.
@Suite(.enabled(if: hasPython)) struct NumpyArchiveTests {
    /// Writes an archive of q, k and v with Python's own zipfile.
    private func write(_ path: String, compression: String, entries: Int = 4, script: String = "") throws {
        let program = """
            pass; import struct, sys, zipfile
            def array(values):
                h = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, 2), }" % (len(values) // 2)
                h += " " * (63 - (10 + len(h)) % 64) + "\\n"
                return b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(h)) + h.encode() + struct.pack("<%df" % len(values), *values)
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.\(compression)) as z:
                for i, role in enumerate("qkv"):
                    with z.open(role + ".npy", "w", force_zip64=True) as f:
                        f.write(array([float((j * 7919) % 613 + i) for j in range(\(entries))]))
            \(script)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test(arguments: ["ZIP_STORED", "ZIP_DEFLATED"], [4, 200, 60_000])
    func bothKindsAreRead(compression: String, entries: Int) throws {
        let builder = try TraceBuilder()
        let path = builder.folder.appendingPathComponent("trace.npz").path
        try write(path, compression: compression, entries: entries)
        let trace = try TraceWorkload(path: path)
        #expect(trace.promptLength == entries / 2 && trace.dimension == 2)
        #expect(try promptKeys(of: trace) == (0..<entries).map { Float(($0 * 7_919) % 613 + 1) })
        // Every shorter file is refused; none is read beyond its end.
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
            try whole[..<length].write(to: URL(fileURLWithPath: path))
            #expect(throws: WorkloadError.self) { try prompt(of: TraceWorkload(path: path)) }
        }
    }

    /// Whatever byte is changed, it is read as it was or refused.
    @Test func anyByteMayBeWrong() throws {
        let builder = try TraceBuilder()
        let path = builder.folder.appendingPathComponent("trace.npz").path
        try write(path, compression: "ZIP_DEFLATED", entries: 200)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let random = CounterRandom(seed: 3, stream: .keys)
        var refused = 0
        for trial in UInt64(0)..<500 {
            var changed = whole
            let bits = random.bits(trial)
            changed[Int(bits >> 32) % whole.count] ^= UInt8(1) << UInt8(bits & 7)
            try Data(changed).write(to: URL(fileURLWithPath: path))
            do {
                _ = try prompt(of: TraceWorkload(path: path))
            } catch is WorkloadError {
                refused += 1
            }
        }
        #expect(refused > 200)
    }

    @Test func bombsAreNotInflated() throws {
        let builder = try TraceBuilder()
        let path = builder.folder.appendingPathComponent("bomb.npz").path
        // A thousand megabytes of zeros in one; its size announced as a terabyte.
        let lie = """
            b = bytearray(open(sys.argv[1], "rb").read())
            at = b.find(b"PK\\x01\\x02")
            b[at + 24:at + 28] = struct.pack("<I", 0xFFFFFFF0)
            open(sys.argv[1], "wb").write(b)
            """
        try write(path, compression: "ZIP_DEFLATED", script: lie)
        let error = #expect(throws: WorkloadError.self) { try TraceWorkload(path: path) }
        #expect(
            error?.description.contains("announces 4294967280 bytes, more than its") == true,
            "\(String(describing: error))")
    }

    @Test func aDeflatedStreamGivesNoMoreThanIsAsked() throws {
        // Stored block of 5 bytes, the last.
        let stored: [UInt8] = [1, 5, 0, 0xFA, 0xFF, 1, 2, 3, 4, 5]
        #expect(try Inflate.inflate(stored, limit: 5, stopsThere: false) == [1, 2, 3, 4, 5])
        #expect(try Inflate.inflate(stored, limit: 3, stopsThere: true) == [1, 2, 3])
        #expect(throws: Inflate.Fault.self) { try Inflate.inflate(stored, limit: 3, stopsThere: false) }
        #expect(throws: Inflate.Fault.self) { try Inflate.inflate([7], limit: 3, stopsThere: false) }
        #expect(throws: Inflate.Fault.self) { try Inflate.inflate([], limit: 3, stopsThere: true) }
        // Fixed codes: "a" and the end.
        #expect(try Inflate.inflate([0x4B, 0x04, 0x00], limit: 9, stopsThere: false) == [0x61])
    }
}

private let hasPython = ["/usr/bin/python3", "/usr/local/bin/python3"]
    .contains(where: FileManager.default.isExecutableFile)

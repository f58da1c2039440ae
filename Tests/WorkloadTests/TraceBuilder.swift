import Foundation
import TemporaryFiles

@testable import Workload

/// Writes safetensors files, right or wrong, into a folder of its own that goes with it.
final class TraceBuilder {
    let folder: URL
    var tensors: [(name: String, dtype: String, shape: [Int], bytes: [UInt8])] = []
    var metadata: [String: String] = [:]

    init() throws {
        folder = temporaryFile("traces")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appendingPathComponent("trace.safetensors").path }

    /// q, k and v of a small layer, float32: entry i of each is a function of i.
    convenience init(heads: Int = 2, keyHeads: Int? = nil, queries: Int = 3, keys: Int = 5, d: Int = 4, dv: Int? = nil)
        throws
    {
        try self.init()
        add("layers.0.q", shape: [heads, queries, d]) { Float($0) / 8 }
        add("layers.0.k", shape: [keyHeads ?? heads, keys, d]) { 100 + Float($0) }
        add("layers.0.v", shape: [keyHeads ?? heads, keys, dv ?? d]) { -Float($0) }
    }

    func add(_ name: String, shape: [Int], entry: (Int) -> Float) {
        let floats = (0..<shape.reduce(1, *)).map(entry)
        add(name, dtype: "F32", shape: shape, bytes: floats.flatMap { Self.bytes($0.bitPattern) })
    }

    func add(_ name: String, dtype: String, shape: [Int], bytes: [UInt8]) {
        tensors.append((name, dtype, shape, bytes))
    }

    static func bytes(_ bits: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: bits.littleEndian) { Array($0) }
    }

    /// The file as it should be; `header` may change the header's text.
    func content(header change: (String) -> String = { $0 }) -> [UInt8] {
        var fields: [String] = []
        var data: [UInt8] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
            fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        for tensor in tensors {
            let offsets = [data.count, data.count + tensor.bytes.count]
            let body = "\"dtype\":\"\(tensor.dtype)\",\"shape\":\(tensor.shape),\"data_offsets\":\(offsets)"
            fields.append("\"\(tensor.name)\":{\(body)}")
            data += tensor.bytes
        }
        let header = Array(change("{\(fields.joined(separator: ","))}").utf8)
        return Self.bytes(UInt64(header.count)) + header + data
    }

    func write(_ content: [UInt8]? = nil) throws {
        try Data(content ?? self.content()).write(to: URL(fileURLWithPath: path))
    }

    func write(words: [String], ending: String = "\n") throws {
        try Data(words.map { $0 + ending }.joined().utf8).write(to: URL(fileURLWithPath: TraceWords.path(beside: path)))
    }
}

import Foundation
import TemporaryFiles

/// Writes GGUF files for tests, well-formed or not.
public struct GGUFWriter {
    public var version: UInt32 = 3
    private var keys = Data()
    private var keyCount: UInt64 = 0
    private var list = Data()
    private var tensorCount: UInt64 = 0
    private var body = Data()
    public init() {}

    /// What is announced instead of the truth.
    public var announcedKeys: UInt64?
    public var announcedTensors: UInt64?

    public static func bytes<Number: FixedWidthInteger>(_ x: Number) -> Data {
        withUnsafeBytes(of: x.littleEndian) { Data($0) }
    }

    public static func string(_ text: [UInt8]) -> Data { bytes(UInt64(text.count)) + text }

    public mutating func put(_ key: String, type: UInt32, _ value: Data) {
        keys += Self.string(Array(key.utf8)) + Self.bytes(type) + value
        keyCount += 1
    }

    public mutating func put(_ key: String, _ value: Int) { put(key, type: 4, Self.bytes(UInt32(value))) }
    public mutating func put(_ key: String, _ value: Float) { put(key, type: 6, Self.bytes(value.bitPattern)) }
    public mutating func put(_ key: String, _ value: Bool) { put(key, type: 7, Data([value ? 1 : 0])) }
    public mutating func put(_ key: String, _ value: String) { put(key, type: 8, Self.string(Array(value.utf8))) }

    public mutating func put(_ key: String, _ values: [String]) {
        let strings = values.reduce(into: Data()) { $0 += Self.string(Array($1.utf8)) }
        put(key, type: 9, Self.bytes(UInt32(8)) + Self.bytes(UInt64(values.count)) + strings)
    }

    public mutating func put(_ key: String, _ values: [Int32]) {
        let numbers = values.reduce(into: Data()) { $0 += Self.bytes($1) }
        put(key, type: 9, Self.bytes(UInt32(5)) + Self.bytes(UInt64(values.count)) + numbers)
    }

    public mutating func put(_ key: String, _ values: [Float]) {
        let numbers = values.reduce(into: Data()) { $0 += Self.bytes($1.bitPattern) }
        put(key, type: 9, Self.bytes(UInt32(6)) + Self.bytes(UInt64(values.count)) + numbers)
    }

    /// A tensor; the shape has the fastest dimension last.
    public mutating func tensor(_ name: String, type: UInt32, shape: [Int], _ data: Data, offset: UInt64? = nil) {
        body += Data(count: -body.count & 31)
        list += Self.string(Array(name.utf8)) + Self.bytes(UInt32(shape.count))
        for length in shape.reversed() { list += Self.bytes(UInt64(bitPattern: Int64(length))) }
        list += Self.bytes(type) + Self.bytes(offset ?? UInt64(body.count))
        body += data
        tensorCount += 1
    }

    public mutating func tensor(_ name: String, shape: [Int], _ numbers: [Float]) {
        tensor(name, type: 0, shape: shape, numbers.reduce(into: Data()) { $0 += Self.bytes($1.bitPattern) })
    }

    public var data: Data {
        var data = Data("GGUF".utf8) + Self.bytes(version)
        data += Self.bytes(announcedTensors ?? tensorCount) + Self.bytes(announcedKeys ?? keyCount)
        data += keys + list
        return data + Data(count: -data.count & 31) + body
    }

    /// Writes a file that goes away with the tests.
    public func write() throws -> String { try Self.write(data) }

    public static func write(_ data: Data) throws -> String {
        let file = temporaryFile("model.gguf")
        try data.write(to: file)
        return file.path
    }
}

import Foundation
import GGUFSamples
import Testing

@testable import Model

/// The GGUF reader: values, tensors, and files that are broken on purpose.
@Suite struct GGUFFileTests {
    private func problem(_ data: Data) throws -> GGUFFault.Problem? {
        let path = try GGUFWriter.write(data)
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            _ = try GGUFFile(path: path)
            return nil
        } catch {
            #expect(error.description.hasPrefix(path + ": "))
            return error.problem
        }
    }

    @Test(arguments: [UInt32(2), 3]) func valuesAndTensorsAreRead(version: UInt32) throws {
        var writer = GGUFWriter()
        writer.version = version
        writer.put("a.u8", type: 0, Data([200]))
        writer.put("a.i8", type: 1, Data([200]))
        writer.put("a.i16", type: 3, GGUFWriter.bytes(Int16(-300)))
        writer.put("a.u64", type: 10, GGUFWriter.bytes(UInt64.max))
        writer.put("a.i64", type: 11, GGUFWriter.bytes(Int64(-5)))
        writer.put("a.f64", type: 12, GGUFWriter.bytes((0.1).bitPattern))
        writer.put("a.float", Float(1.5))
        writer.put("a.true", true)
        writer.put("a.text", "naïve")
        writer.put("a.texts", ["x", "", "日本"])
        writer.put("a.numbers", [Int32(-1), 7])
        writer.put(
            "a.nested", type: 9,
            GGUFWriter.bytes(UInt32(9)) + GGUFWriter.bytes(UInt64(2))
                + (GGUFWriter.bytes(UInt32(0)) + GGUFWriter.bytes(UInt64(3)) + Data([1, 2, 3]))
                + (GGUFWriter.bytes(UInt32(8)) + GGUFWriter.bytes(UInt64(1)) + GGUFWriter.string([65])))
        writer.tensor("one", shape: [2, 3], [1, 2, 3, 4, 5, 6])
        writer.tensor("two", shape: [1], [-0.5])
        let path = try writer.write()
        let file = try GGUFFile(path: path)
        let expected: [String: GGUFValue] = [
            "a.u8": .unsigned(200), "a.i8": .signed(-56), "a.i16": .signed(-300), "a.u64": .unsigned(.max),
            "a.i64": .signed(-5), "a.f64": .float(0.1), "a.float": .float(1.5), "a.true": .truth(true),
            "a.text": .string(Array("naïve".utf8)), "a.texts": .strings(["x", "", "日本"].map { Array($0.utf8) }),
            "a.nested": .nested(count: 2),
        ]
        for (key, value) in expected { #expect(file.metadata[key] == value) }
        guard case .numbers(let numbers)? = file.metadata["a.numbers"] else { throw CocoaError(.coderReadCorrupt) }
        #expect((0..<numbers.count).map { numbers[$0].whole } == [-1, 7])
        #expect(file.version == Int(version))
        #expect(file.names == ["one", "two"] && file.parameters == 7)
        let one = try file.find("one", shape: [2, 3])
        #expect(try one.floats() == [1, 2, 3, 4, 5, 6])
        #expect(try file.find("two", shape: [1]).floats() == [-0.5])
        #expect(throws: GGUFFault(path: path, .missingTensor("three"))) { try file.find("three", shape: [1]) }
        #expect(throws: GGUFFault(path: path, .wrongShape(tensor: "one", shape: [2, 3], expected: [3, 2]))) {
            try file.find("one", shape: [3, 2])
        }
    }

    @Test func typesThatAreNotReadAreRefusedByName() throws {
        for (number, name) in [(UInt32(10), "Q2_K"), (13, "Q5_K"), (23, "IQ4_XS"), (1000, "number 1000")] {
            var writer = GGUFWriter()
            writer.tensor("t", type: number, shape: [256], Data(count: 300))
            let file = try GGUFFile(path: try writer.write())
            #expect(throws: GGUFFault(path: file.path, .wrongType(tensor: "t", type: name))) {
                try file.find("t", shape: [256])
            }
        }
    }

    @Test func whatCannotBeIsRefused() throws {
        #expect(throws: GGUFFault(path: "/nowhere/x", .cannotRead("there is no such file"))) {
            try GGUFFile(path: "/nowhere/x")
        }
        #expect(throws: GGUFFault(path: "/tmp", .cannotRead("it is not a regular file"))) { try GGUFFile(path: "/tmp") }
        #expect(try problem(Data()) == .notGGUF)
        #expect(try problem(Data("GGML, long ago".utf8)) == .notGGUF)
        #expect(try problem(Data("GGUF".utf8) + [1, 0, 0, 0]) == .version(1))
        #expect(try problem(Data("GGUF".utf8) + [0, 0, 0, 3]) == .bigEndian)
        var writer = GGUFWriter()
        writer.put("k", 1)
        writer.announcedKeys = .max
        #expect(try problem(writer.data) == .truncated("the metadata"))
        (writer.announcedKeys, writer.announcedTensors) = (nil, .max / 8)
        #expect(try problem(writer.data) == .truncated("the list of tensors"))
        writer = GGUFWriter()
        writer.put("k", type: 9, GGUFWriter.bytes(UInt32(8)) + GGUFWriter.bytes(UInt64.max))
        #expect(try problem(writer.data) == .truncated("k"))
        writer = GGUFWriter()
        writer.put("k", type: 77, Data())
        #expect(try problem(writer.data) == .header("k is of type 77, which is unknown"))
        writer = GGUFWriter()
        writer.put("k", 1)
        writer.put("k", 1)
        #expect(try problem(writer.data) == .header("k stands there twice"))
        writer = GGUFWriter()
        writer.tensor("t", type: 0, shape: [4], Data(count: 12))
        #expect(try problem(writer.data) == .truncated("tensor t"))
        writer = GGUFWriter()
        writer.tensor("t", type: 0, shape: [4], Data(count: 16), offset: .max - 8)
        #expect(try problem(writer.data) == .truncated("tensor t"))
        writer = GGUFWriter()
        writer.tensor("t", type: 0, shape: [1 << 40, 1 << 40], Data(count: 16))
        #expect(try problem(writer.data) == .header("tensor t has a dimension of \(1 << 40)"))
        writer = GGUFWriter()
        writer.tensor("t", type: 2, shape: [33], Data(count: 64))
        #expect(try problem(writer.data) == .header("tensor t is Q4_0, whose rows are whole blocks of 32; it has 33"))
    }

    @Test func infinitiesAreRefused() throws {
        var writer = GGUFWriter()
        writer.tensor("t", shape: [2], [1, .infinity])
        let file = try GGUFFile(path: try writer.write())
        #expect(throws: GGUFFault(path: file.path, .notFinite(tensor: "t"))) {
            try file.find("t", shape: [2]).floats()
        }
    }

    /// Opens what is written, and asks for all that there is.
    private func read(_ data: Data, at path: String) throws {
        try data.write(to: URL(fileURLWithPath: path))
        do throws(GGUFFault) {
            let file = try GGUFFile(path: path)
            for name in file.names {
                if let shape = file.shape(of: name) { _ = try file.find(name, shape: shape).floats() }
            }
            let configuration = try LlamaConfiguration(file)
            let tokenizer = try GGUFTokenizer.read(file, count: configuration.vocabulary)
            _ = tokenizer.tokens(of: Array("the cat, 12".utf8)).flatMap(tokenizer.bytes)
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    /// Every length to which a file may be cut, and bytes that are changed anywhere: an error or a file, never a trap.
    @Test func brokenFilesNeverTrap() throws {
        let good = TinyModel().writer.data
        let path = try GGUFWriter.write(good)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for length in stride(from: 0, to: min(good.count, 4000), by: 13) { try read(good[..<length], at: path) }
        var random = SystemRandomNumberGenerator()
        let header = 3000
        for _ in 0..<400 {
            var data = good
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 4..<header, using: &random)
                data[at] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement() ?? 0
            }
            try read(data, at: path)
        }
    }
}

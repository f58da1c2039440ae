import Assets
import Foundation
import TemporaryFiles
import Testing

@testable import Model

/// Files that are no model, or not the one that they say they are.
@Suite struct BrokenModelTests {
    private let folder = temporaryFile("models")
    private let good: Data

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        good = try Data(contentsOf: Assets.find(.model, "relu2"))
    }

    private func fault(_ data: Data) throws -> ModelFault? {
        let file = folder.appendingPathComponent("x.safetensors")
        try data.write(to: file)
        do {
            _ = try ByteModel(path: file.path)
            return nil
        } catch {
            #expect(error.description.hasPrefix(file.path + ": ") || error.description.hasPrefix(file.path + " "))
            return error
        }
    }

    /// The file with another header, its numbers as they are.
    private func withHeader(_ change: (String) -> String) throws -> Data {
        let length = good.withUnsafeBytes { Int(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
        let header = Data(change(String(decoding: good[8..<8 + length], as: UTF8.self)).utf8)
        var count = UInt64(header.count).littleEndian
        return Data(bytes: &count, count: 8) + header + good[(8 + length)...]
    }

    @Test func aMissingFileCannotBeRead() {
        #expect(throws: ModelFault(path: "/nowhere/x", .cannotRead)) { try ByteModel(path: "/nowhere/x") }
    }

    @Test(arguments: [0, 7, 8, 100, 4000, 1_000_000, 7_000_000]) func aFileCutShortIsRefused(length: Int) throws {
        #expect(try fault(Data(good[..<length])) != nil)
    }

    @Test func whatTheConfigurationAsksForMustBeThere() throws {
        let cases: [(String, String, ModelFault.Problem)] = [
            ("bl.0.o", "bl.0.u", .missingTensor("bl.0.o")),
            (#"\"d\": 192"#, #"\"d\": 128"#, .wrongShape(tensor: "emb", shape: [256, 192], expected: [256, 128])),
            (#""config""#, #""confit""#, .noModel),
            (
                #"\"kind\": \"relu2\""#, #"\"kind\": \"gelu\""#,
                .configuration("kind is “gelu”; known are relu2, softmax and entmax")
            ),
            (
                #"\"layers\": \"LGLGL\""#, #"\"layers\": \"LLLLL\""#,
                .configuration("layers is “LLLLL”: no layer looks at the whole context")
            ),
            ("[0, 98304]", "[5, -9223372036854775808]", .outside(tensor: "emb")),
            ("[0, 98304]", "[9223372036854775807, 9223372036854775807]", .outside(tensor: "emb")),
            (#"\"window\": 64"#, #"\"window\": -1"#, .configuration("window is -1, but must be from 1 to 4096")),
        ]
        for (old, new, problem) in cases {
            let data = try withHeader { $0.replacingOccurrences(of: old, with: new) }
            #expect(try fault(data)?.problem == problem)
        }
    }

    @Test func numbersMustBeFinite() throws {
        var data = good
        let length = good.withUnsafeBytes { Int(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
        // Half precision's infinity, somewhere in the first tensor.
        data[8 + length + 10] = 0
        data[8 + length + 11] = 0x7C
        #expect(try fault(data)?.problem == .notFinite(tensor: "emb"))
    }

    /// Offsets, shapes and types that are turned about never end the program.
    @Test func mutatedHeadersNeverTrap() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<60 {
            let data = try withHeader { header in
                var bytes = Array(header.utf8)
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                        in: 0x20...0x7E, using: &random)
                }
                return String(decoding: bytes, as: UTF8.self)
            }
            _ = try fault(data)
        }
    }
}

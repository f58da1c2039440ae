import Testing

@testable import Model

/// Blocks of every type beside what the Python package `gguf` makes of them (`Tests/GGUF/make_blocks.py`).
@Suite struct DequantisationTests {
    struct Sample: Decodable {
        var type: String
        var bytes: [UInt8]
        var values: [Float]
    }

    /// The file that is committed, or one made anew that the environment names.
    static let samples: [Sample] = PythonSamples.read("gguf-blocks.json", or: "HALFSPACE_GGUF_BLOCKS")

    @Test(arguments: GGUFTensorType.allCases) func blocksAreWhatPythonMakesOfThem(type: GGUFTensorType) throws {
        let sample = try #require(Self.samples.first { $0.type == type.name })
        #expect(sample.bytes.count == sample.values.count / type.block * type.blockBytes)
        var values = [Float](repeating: 0, count: sample.values.count)
        sample.bytes.withUnsafeBytes { raw in
            values.withUnsafeMutableBufferPointer { type.decode(raw, into: $0) }
        }
        for (ours, theirs) in zip(values, sample.values) {
            // Scale and offset may be applied in another order there.
            #expect(abs(ours - theirs) <= 1e-6 * max(1, abs(theirs)))
        }
    }
}

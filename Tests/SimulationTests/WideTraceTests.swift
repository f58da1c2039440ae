import Attention
import Foundation
import TemporaryFiles
import Testing
import Workload

@testable import Simulation

/// A trace of multi-head latent attention: d = 576, dv = 512, one head of keys for all queries.
@Suite struct WideTraceTests {
    private static let (heads, tokens, d, dv) = (3, 120, 576, 512)

    /// Numbers that look random, a function of their place.
    private static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Double(state >> 33) / Double(1 << 31) - 0.5) * 3
        }
    }

    private static func write(_ metadata: [String: String]) throws -> String {
        let trace = TraceExport(
            [
                .init(name: "layers.5.k", shape: [1, tokens, d], numbers: numbers(tokens * d, seed: 1)),
                .init(name: "layers.5.q", shape: [heads, tokens, d], numbers: numbers(heads * tokens * d, seed: 2)),
                .init(name: "layers.5.v", shape: [1, tokens, dv], numbers: numbers(tokens * dv, seed: 3)),
            ], metadata: metadata.merging(["causal": "true"]) { a, _ in a })
        var content = Data()
        try trace.write { content += $0 }
        let file = temporaryFile("wide.safetensors")
        try content.write(to: file)
        return file.path
    }

    @Test(arguments: [Activation.relu(alpha: 1), .relu(alpha: 3), .softmax, .entmax(alpha: 1.5)])
    func itsStepsAreExact(activation: Activation) throws {
        for metadata in [[:], ["softcap": "2", "sinks": "0.5,1,-1"]] {
            let path = try Self.write(metadata)
            defer { try? FileManager.default.removeItem(atPath: path) }
            var settings = Settings()
            (settings.workload, settings.tracePath, settings.head) = (.trace, path, 2)
            settings.activation = activation
            // Of softmax all keys, so that its error is rounding alone.
            settings.threshold =
                activation == .softmax ? ThresholdSettings(rule: .count, budget: .power(1)) : ThresholdSettings()
            let stream = try HeadlessStream(settings: settings) { _, _ in }
            #expect(stream.workload.dimension == Self.d && stream.workload.valueDimension == Self.dv)
            for step in 0..<8 {
                let record = try stream.next().record
                #expect(record.n == Self.tokens / 2 + step + 1)
                #expect(record.missed == 0 && record.extra == 0)
                let error = try #require(record.maxAbsError)
                #expect(error < 1e-5, "\(activation) \(metadata) \(error)")
            }
        }
    }
}

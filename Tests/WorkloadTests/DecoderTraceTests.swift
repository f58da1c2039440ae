import Assets
import Foundation
import HalfSpace
import Testing

@testable import Workload

/// The bundled decoder: causal, with grouped queries, against float64 results that were computed elsewhere.
@Suite struct DecoderTraceTests {
    struct Reference: Decodable {
        struct Row: Decodable {
            var head: Int
            var query: Int
            var n: Int
            var mean: Double
            var std: Double
            var maxScore: Double
            var argmax: Int
            var logsumexp: Double
            var softmaxOutputFirst8: [Double]
            var keysForMass: [String: Int]
            var calibratedThreshold: Double
            var calibratedCount: Int
            var relu1OutputFirst8: [Double]
            var massOfFirstToken: Double

            enum CodingKeys: String, CodingKey {
                case head, query, n, mean, std, argmax, logsumexp
                case maxScore = "max_score"
                case softmaxOutputFirst8 = "softmax_output_first8"
                case keysForMass = "keys_for_mass"
                case calibratedThreshold = "calibrated_threshold"
                case calibratedCount = "calibrated_count"
                case relu1OutputFirst8 = "relu1_output_first8"
                case massOfFirstToken = "mass_of_first_token"
            }
        }
        var rows: [Row]
    }

    static var path: String { Assets.traces.appendingPathComponent("smollm2-holmes-4096.safetensors").path }

    static func reference() throws -> [Reference.Row] {
        let url = Assets.traces.appendingPathComponent("smollm2-holmes-4096.reference.json")
        return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: url)).rows
    }

    /// Each row: the prompt up to its query, then the one step that brings the query's own key.
    @Test func everyRowAgreesWithTheReference() throws {
        let rows = try Self.reference()
        #expect(rows.count == 16 && Set(rows.map(\.head)).count > 1)
        for expected in rows {
            let trace = try TraceWorkload(path: Self.path, head: expected.head, n: expected.query)
            #expect(trace.heads == 3 && trace.appendsKeys && trace.dimension == 64 && trace.layers == [12])
            let input = try trace.step(0, sequence: 0)
            var keys = try promptKeys(of: trace)
            keys += try #require(input.key)
            let store = try prompt(of: trace)
            let d = 64
            #expect(keys.count == d * expected.n)
            let scores = (0..<expected.n).map { j in
                (0..<d).reduce(0.0) { $0 + Double(input.query[$1]) * Double(keys[j * d + $1]) } / 8
            }
            let n = Double(expected.n)
            let mean = scores.reduce(0, +) / n
            let deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
            let top = scores.max() ?? 0
            let weights = scores.map { exp($0 - top) }
            let mass = weights.reduce(0, +)
            #expect(abs(mean - expected.mean) < 1e-9 && abs(deviation - expected.std) < 1e-9)
            #expect(abs(top - expected.maxScore) < 1e-9 && scores.firstIndex(of: top) == expected.argmax)
            #expect(abs(top + log(mass) - expected.logsumexp) < 1e-9)
            #expect(abs(weights[0] / mass - expected.massOfFirstToken) < 1e-9)
            #expect(scores.count { $0 >= expected.calibratedThreshold } == expected.calibratedCount)
            let value = try #require(input.value)
            for t in 0..<8 {
                var sum = weights[expected.n - 1] * Double(value[t])
                for j in 0..<expected.query { sum += weights[j] * Double(store.value(j)[t]) }
                #expect(abs(sum / mass - expected.softmaxOutputFirst8[t]) < 1e-9)
            }
        }
    }

    @Test func itsWordsAreThoseOfTheFile() throws {
        let trace = try TraceWorkload(path: Self.path)
        #expect(trace.promptLength == 2_048 && trace.stepsPerSequence == 2_048)
        #expect(trace.keyWord(0) == "To" && trace.keyWord(3) == "Holmes" && trace.queryWord(0) == trace.keyWord(2_048))
        #expect(trace.caption == "layer 12, head 0 (the model's 0)")
    }
}

import Assets
import Foundation
import HalfSpace
import Testing

@testable import Workload

@Suite struct BundledTraceTests {
    struct Head: Decodable {
        struct Query: Decodable {
            var argmax: Int
            var maxScore: Double
            var logsumexp: Double
            var mean: Double
            var std: Double
            var softmaxOutputFirst8: [Double]
        }
        var head: Int
        var queries: [Query]
    }

    /// All heads and queries of the reference, in float64 from the loaded rows.
    @Test func theSoftmaxAgreesWithTheReference() throws {
        let url = Assets.traces.appendingPathComponent("minilm-layer1.reference.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let reference = try decoder.decode([Head].self, from: Data(contentsOf: url))
        #expect(reference.map(\.head) == [8, 9, 2])
        for (position, head) in reference.enumerated() {
            let trace = try TraceWorkload(path: Assets.trace.path, head: position)
            #expect(trace.caption == "layer 1, head \(position) (the model's \(head.head))")
            let store = try prompt(of: trace)
            #expect(head.queries.count == 8)
            for (step, expected) in head.queries.enumerated() {
                let found = attend(try trace.step(step, sequence: 0).query, store)
                #expect(found.argmax == expected.argmax)
                #expect(abs(found.maximum - expected.maxScore) < 1e-9)
                #expect(abs(found.logSumExp - expected.logsumexp) < 1e-9)
                #expect(abs(found.mean - expected.mean) < 1e-9)
                #expect(abs(found.deviation - expected.std) < 1e-9)
                for (x, y) in zip(found.output, expected.softmaxOutputFirst8) { #expect(abs(x - y) < 1e-9) }
            }
        }
    }

    @Test func itsSizesAndWordsAreThoseOfTheFile() throws {
        let trace = try TraceWorkload(path: Assets.trace.path)
        #expect(trace.dimension == 32 && trace.valueDimension == 32 && trace.promptLength == 8_192)
        #expect(!trace.appendsKeys && trace.stepsPerSequence == nil && trace.heads == 3 && trace.layers == [1])
        #expect(trace.keyWord(0) == "world" && trace.keyWord(1) == "." && trace.keyWord(8_192) == nil)
        let lines = try String(contentsOfFile: TraceWords.path(beside: Assets.trace.path), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(trace.keyWord(8_191) == String(lines[8_191]))
        for step in [0, 1, 255] { #expect(trace.queryWord(step) == String(lines[8_192 + step])) }
        #expect(trace.queryWord(256) == trace.queryWord(0))
        let again = try trace.step(256 + 7, sequence: 4)
        #expect(try again.query == trace.step(7, sequence: 0).query && again.key == nil && again.value == nil)
    }

    @Test func theFirstKeysMayBeTaken() throws {
        let all = try promptKeys(of: TraceWorkload(path: Assets.trace.path, head: 1))
        let some = try promptKeys(of: TraceWorkload(path: Assets.trace.path, head: 1, n: 100))
        #expect(some == Array(all[..<3_200]))
        #expect(try prompt(of: TraceWorkload(path: Assets.trace.path, n: 0)).count == 0)
    }

    @Test func whatTheFileDecidesCannotBeChosen() {
        let path = Assets.trace.path
        expect("the dimension d cannot be 16: that of \(path) is 32", 64) { try TraceWorkload(path: path, d: 16) }
        expect("the context length n cannot be 8193: layers.1.k of \(path) allows 0 to 8192", 64) {
            try TraceWorkload(path: path, n: 8_193)
        }
        expect("\(path) has no layer 2; it has 1", 64) { try TraceWorkload(path: path, layer: 2) }
        expect("\(path) has no head 3; the heads of layers.1.q are 0 to 2", 64) {
            try TraceWorkload(path: path, head: 3)
        }
        expect("\(path) has no head -1; the heads of layers.1.q are 0 to 2", 64) {
            try TraceWorkload(path: path, head: -1)
        }
        expect("no trace is named; give a safetensors file with --trace", 64) {
            try WorkloadRequest(kind: .trace).make()
        }
    }

    private func attend(_ query: [Float], _ store: KeyValueStore) -> (
        argmax: Int, maximum: Double, logSumExp: Double, mean: Double, deviation: Double, output: [Double]
    ) {
        let root = Double(store.dimension).squareRoot()
        var scores = [Double](repeating: 0, count: store.count)
        for j in 0..<store.count {
            let key = store.key(j)
            var sum = 0.0
            for t in 0..<store.dimension { sum += Double(query[t]) * Double(key[t]) }
            scores[j] = sum / root
        }
        let n = Double(scores.count)
        var argmax = 0
        for j in scores.indices where scores[j] > scores[argmax] { argmax = j }
        let maximum = scores[argmax]
        let mean = scores.reduce(0, +) / n
        let deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot()
        var mass = 0.0
        var output = [Double](repeating: 0, count: 8)
        for j in 0..<store.count {
            let weight = exp(scores[j] - maximum)
            let value = store.value(j)
            mass += weight
            for t in 0..<8 { output[t] += weight * Double(value[t]) }
        }
        return (argmax, maximum, maximum + log(mass), mean, deviation, output.map { $0 / mass })
    }
}

/// Expects a failure that prints this sentence and ends the program with this status.
func expect<T>(
    _ sentence: String, _ status: Int32, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> T
) {
    do {
        _ = try body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as WorkloadError {
        #expect(error.description == sentence, sourceLocation: sourceLocation)
        #expect(error.category.rawValue == status, sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}

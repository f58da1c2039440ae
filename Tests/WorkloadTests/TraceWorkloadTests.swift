import Foundation
import HalfSpace
import Testing

@testable import Workload

@Suite struct TraceWorkloadTests {
    @Test func headsAreTheirOwnRows() throws {
        let builder = try TraceBuilder(heads: 2, queries: 3, keys: 5, d: 4, dv: 6)
        try builder.write()
        let trace = try TraceWorkload(path: builder.path, head: 1)
        #expect(trace.dimension == 4 && trace.valueDimension == 6 && trace.promptLength == 5)
        #expect(trace.caption == "layer 0, head 1" && trace.keyWord(0) == nil && trace.queryWord(0) == nil)
        let store = try prompt(of: trace)
        #expect(Array(store.key(0)) == [120, 121, 122, 123])
        #expect(Array(store.value(4)) == (54..<60).map { -Float($0) })
        #expect(try trace.step(2, sequence: 0).query == [20, 21, 22, 23].map { $0 / 8 })
        #expect(try trace.step(3, sequence: 0).query == trace.step(0, sequence: 0).query)
    }

    @Test func groupedQueriesShareKeys() throws {
        let builder = try TraceBuilder(heads: 4, keyHeads: 2)
        try builder.write()
        for (head, first) in [(0, 100), (1, 100), (2, 120), (3, 120)] {
            let trace = try TraceWorkload(path: builder.path, head: head)
            #expect(trace.heads == 4)
            #expect(try promptKeys(of: trace).first == Float(first))
            #expect(try trace.step(0, sequence: 0).query.first == Float(12 * head) / 8)
        }
    }

    @Test func layersGoByTheirNumbers() throws {
        let builder = try TraceBuilder()
        for layer in [10, 2] {
            for role in ["q", "k", "v"] {
                builder.add("layer\(layer).\(role)", shape: [1, 1, 1]) { _ in Float(layer) }
            }
        }
        builder.add("token_ids", dtype: "I32", shape: [1], bytes: [0, 0, 0, 0])
        builder.add("layers.x.q", dtype: "X64", shape: [1], bytes: [0])
        try builder.write()
        #expect(try TraceWorkload(path: builder.path).layer == 2)
        #expect(try TraceWorkload(path: builder.path).layers == [2, 10])
        #expect(try promptKeys(of: TraceWorkload(path: builder.path, layer: 10)) == [10])
        #expect(try TraceWorkload(path: builder.path, layer: 10).caption == "layer 10, head 0")
    }

    /// Self-attention: half of the tokens are the prompt, the others come with their queries, and then it ends.
    @Test func causalTracesBringTheirKeys() throws {
        let builder = try TraceBuilder(heads: 1, queries: 7, keys: 7, d: 2)
        builder.metadata = ["causal": "true", "heads": " 5 "]
        try builder.write()
        try builder.write(words: (0..<7).map { "w\($0)" }, ending: "\r\n")
        let trace = try TraceWorkload(path: builder.path)
        #expect(trace.appendsKeys && trace.promptLength == 3 && trace.stepsPerSequence == 4)
        #expect(trace.caption == "layer 0, head 0 (the model's 5)")
        let step = try trace.step(2, sequence: 0)
        #expect(step.query == [10.0 / 8, 11.0 / 8] && step.key == [110, 111] && step.value == [-10, -11])
        #expect(trace.queryWord(2) == "w5" && trace.keyWord(5) == "w5")
        #expect(try trace.step(4, sequence: 1).query == trace.step(0, sequence: 0).query)
        #expect(try TraceWorkload(path: builder.path, n: 0).stepsPerSequence == 7)
        #expect(try TraceWorkload(path: builder.path, n: 6).stepsPerSequence == 1)
        expect("the context length n cannot be 7: layers.0.k of \(builder.path) allows 0 to 6", 64) {
            try TraceWorkload(path: builder.path, n: 7)
        }
    }

    @Test func wordsMayBeAnythingOnALine() throws {
        let builder = try TraceBuilder(heads: 1, queries: 2, keys: 3)
        try builder.write()
        try builder.write(words: ["", "a b", "\u{2028}", "é", "##x"])
        let trace = try TraceWorkload(path: builder.path)
        #expect((0..<3).map { trace.keyWord($0) } == ["", "a b", "\u{2028}"])
        #expect((0..<3).map { trace.queryWord($0) } == ["é", "##x", "é"])
    }

    /// All 65 536 halves against their definition.
    @Test func halvesAreExact() {
        for bits in UInt16.min...UInt16.max {
            let exponent = Int(bits >> 10) & 31
            let fraction = Double(bits & 1_023)
            let float = ElementType.single(half: bits)
            if exponent == 31 {
                if fraction == 0 ? !float.isInfinite : !float.isNaN { Issue.record("\(bits) gives \(float)") }
                continue
            }
            let scale = exponent == 0 ? 0x1p-24 : (0..<exponent - 1).reduce(0x1p-24) { x, _ in 2 * x }
            let magnitude = (exponent == 0 ? fraction : 1_024 + fraction) * scale
            let expected = Float(bits & 0x8000 == 0 ? magnitude : -magnitude)
            if float.bitPattern != expected.bitPattern { Issue.record("\(bits) gives \(float), not \(expected)") }
        }
    }

    /// Half precision at any offset, odd ones too.
    @Test func halvesAreReadWhereverTheyLie() throws {
        let builder = try TraceBuilder()
        builder.add("note", dtype: "U8", shape: [1], bytes: [7])
        for role in ["q", "k", "v"] {
            let halves: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x8000]
            builder.add(
                "layers.0.\(role)", dtype: "F16", shape: [1, 2, 2], bytes: halves.flatMap { TraceBuilder.bytes($0) })
        }
        try builder.write(builder.content { $0 + " " })
        let keys = try promptKeys(of: TraceWorkload(path: builder.path))
        #expect(keys == [1, -2, 0x1p-24, 0] && keys[3].sign == .minus)
    }

    @Test func requestsMakeEveryKind() throws {
        let builder = try TraceBuilder()
        builder.add("layer0.q", shape: [1, 1, 2], entry: Float.init)
        builder.add("layer0.k", shape: [1, 1, 2], entry: Float.init)
        builder.add("layer0.v", shape: [1, 1, 2], entry: Float.init)
        try builder.write()
        #expect(throws: WorkloadError.writesItself) { try WorkloadRequest(kind: .model).make() }
        for kind in WorkloadKind.allCases where kind != .model {
            let workload = try WorkloadRequest(kind: kind, tracePath: builder.path).make()
            #expect(workload.promptLength == (kind == .trace ? 1 : 65_536))
            #expect(workload.dimension == (kind == .trace ? 2 : 4))
        }
        #expect(try WorkloadRequest(kind: .gaussian, n: 0, d: 256).make().dimension == 256)
    }
}

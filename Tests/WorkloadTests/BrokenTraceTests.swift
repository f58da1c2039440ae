import Foundation
import Testing

@testable import Workload

/// Every way in which a file can be wrong has its sentence, with the file, the tensor and what was expected.
@Suite struct BrokenTraceTests {
    /// Opens the builder's file and expects its path, this sentence, and status 65.
    private func refused(
        _ builder: TraceBuilder, _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect("\(builder.path): \(sentence)", 65, sourceLocation: sourceLocation) {
            try TraceWorkload(path: builder.path)
        }
    }

    @Test func whatCannotBeReadIsToldFromWhatIsWrong() throws {
        expect("/no/such/file.safetensors: cannot be read: there is no such file", 66) {
            try TraceWorkload(path: "/no/such/file.safetensors")
        }
        let builder = try TraceBuilder()
        let folder = builder.folder.path
        expect("\(folder): cannot be read: it is a folder without tensors", 66) { try TraceWorkload(path: folder) }
        expect("/dev/null: cannot be read: it is not a regular file", 66) { try TraceWorkload(path: "/dev/null") }
    }

    @Test func shortAndTruncatedFiles() throws {
        let builder = try TraceBuilder(heads: 1)
        try builder.write([])
        refused(builder, "holds 0 bytes, but a safetensors file begins with 8 that give its header's length")
        try builder.write([1, 2, 3, 4, 5])
        refused(builder, "holds 5 bytes, but a safetensors file begins with 8 that give its header's length")
        let content = builder.content()
        try builder.write(Array(content[..<100]))
        refused(
            builder,
            "gives its header's length as \(content[0]) bytes, but 92 follow; it is truncated or not safetensors")
        try builder.write([UInt8](repeating: 255, count: 16))
        refused(
            builder,
            "gives its header's length as 18446744073709551615 bytes, but 8 follow; it is truncated or not safetensors")
        try builder.write(Array(content.dropLast()))
        refused(
            builder,
            "tensor layers.0.v has data_offsets [128, 208]; expected a start, an end not before it, and both within the"
                + " 207 bytes that follow the header: the file may be truncated")
        // Every shorter file is refused, none of them crashes.
        for length in stride(from: 0, to: content.count, by: 7) {
            try builder.write(Array(content[..<length]))
            #expect(throws: WorkloadError.self) { try TraceWorkload(path: builder.path) }
        }
    }

    @Test func headersThatAreNotJSON() throws {
        let builder = try TraceBuilder(heads: 1)
        try builder.write(builder.content { "(" + $0.dropFirst() })
        refused(builder, "has a header that is not safetensors': it does not begin with a brace")
        try builder.write(builder.content { $0.replacingOccurrences(of: "}}", with: "}") })
        refusedWithPrefix(builder, "has a header that is not safetensors': it is not valid JSON: a comma or a closing")
        try builder.write(builder.content { _ in "[1, 2]" })
        refused(builder, "has a header that is not safetensors': it does not begin with a brace")
        try builder.write(builder.content { $0.replacingOccurrences(of: "layers.0.k", with: "layers.0.q") })
        refusedWithPrefix(
            builder, "has a header that is not safetensors': it is not valid JSON: the key “layers.0.q” stands twice")
        try builder.write(builder.content { $0.replacingOccurrences(of: "\"shape\"", with: "\"form\"") })
        refusedWithPrefix(builder, "has a header that is not safetensors': shape is missing in layers.0.")
        try builder.write(builder.content { $0.replacingOccurrences(of: "\"F32\"", with: "32") })
        refusedWithPrefix(builder, "has a header that is not safetensors': a value is of the wrong kind in layers.0.")
        try builder.write(builder.content { $0.replacingOccurrences(of: "[1, 3, 4]", with: "[1, 3, 4.5]") })
        refusedWithPrefix(builder, "has a header that is not safetensors': ")
        try builder.write(builder.content { $0.replacingOccurrences(of: "[1, 3, 4]", with: "[1, 3, 1e99]") })
        refusedWithPrefix(builder, "has a header that is not safetensors': ")
    }

    private func refusedWithPrefix(
        _ builder: TraceBuilder, _ prefix: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            _ = try TraceWorkload(path: builder.path)
            Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        } catch {
            #expect(
                error.description.hasPrefix("\(builder.path): \(prefix)"), "\(error)", sourceLocation: sourceLocation)
            #expect(error.category == .badData, sourceLocation: sourceLocation)
        }
    }

    @Test func namesThatAreNotThere() throws {
        let builder = try TraceBuilder()
        builder.add("weight", shape: [1], entry: Float.init)
        try builder.write()
        refused(
            builder,
            "has no tensors named as attention's are, such as layers.0.q, layers.0.k, layers.0.v, nor any that --names"
                + " describes; it has weight")
        builder.add("layers.3.q", shape: [1, 1, 1], entry: Float.init)
        builder.add("layers.3.v", shape: [1, 1, 1], entry: Float.init)
        try builder.write()
        refused(
            builder, "has no tensor layers.3.k; a layer needs its q, k and v; the nearest name is layers.3.v")
        builder.add("layer3.q", shape: [1, 1, 1], entry: Float.init)
        try builder.write()
        refused(builder, "names the same tensor twice, layer3.q and layers.3.q; keep one")
    }

    @Test func typesAndShapes() throws {
        let builder = try TraceBuilder(heads: 2)
        builder.tensors[1].dtype = "I16"
        builder.tensors[1].bytes.removeLast(80)
        try builder.write()
        refused(
            builder, "tensor layers.0.k is of type I16; expected F16, BF16, F32, F64, F8_E4M3 or F8_E5M2")

        let cases: [(tensor: Int, shape: [Int], sentence: String)] = [
            (
                0, [24],
                "tensor layers.0.q has shape [24]; expected [heads, tokens, d], [1, …] before it, or [tokens, d]"
            ),
            (
                0, [2, 2, 3, 2],
                "tensor layers.0.q has shape [2, 2, 3, 2]; expected [heads, tokens, d], [1, …] before it, or [tokens, d]"
            ),
            (
                0, [2, 0, 4],
                "tensor layers.0.q has shape [2, 0, 4]; expected at least one head, one token and one entry"
            ),
            (
                0, [2, 3, 1025],
                "tensor layers.0.q has shape [2, 3, 1025]; expected d, the last axis, from 1 to 1024"
            ),
            (
                2, [2, 5, 1_025],
                "tensor layers.0.v has shape [2, 5, 1025]; expected dv, the last axis, from 1 to 1024"
            ),
            (
                1, [2, 5, 3],
                "tensor layers.0.k has shape [2, 5, 3]; expected d = 4, as layers.0.q has"
            ),
            (
                1, [3, 5, 4],
                "tensor layers.0.k has shape [3, 5, 4]; expected heads that divide the 2 of layers.0.q"
            ),
            (
                2, [2, 4, 4],
                "tensor layers.0.v has shape [2, 4, 4]; expected 2 heads of 5 tokens, as layers.0.k has"
            ),
        ]
        for (tensor, shape, sentence) in cases {
            let builder = try TraceBuilder(heads: 2)
            builder.tensors[tensor].shape = shape
            builder.tensors[tensor].bytes = [UInt8](repeating: 0, count: 4 * shape.reduce(1, *))
            try builder.write()
            refused(builder, sentence)
        }

        for shape in [[-2, -3, 4], [1 << 40, 1 << 40, 4]] {
            let builder = try TraceBuilder(heads: 2)
            builder.tensors[0].shape = shape
            try builder.write()
            refused(builder, "tensor layers.0.q has shape \(shape); expected lengths from 0 that fit a file")
        }
    }

    @Test func offsets() throws {
        func changed(_ from: String, _ to: String) throws -> TraceBuilder {
            let builder = try TraceBuilder(heads: 1)
            try builder.write(
                builder.content {
                    #expect($0.contains(from))
                    return $0.replacingOccurrences(of: from, with: to)
                })
            return builder
        }
        let outside =
            "expected a start, an end not before it, and both within the 208 bytes that follow the header: the"
        let hint = "file may be truncated"
        for offsets in [[-4, 44], [48, 0], [0], [0, 24, 48], [176, 224]] {
            refused(
                try changed("[0, 48]", "\(offsets)"),
                "tensor layers.0.q has data_offsets \(offsets); \(outside) \(hint)")
        }
        refused(
            try changed("[0, 48]", "[0, 44]"),
            "tensor layers.0.q takes 44 bytes; expected 48 for F32 of shape [1, 3, 4]")
        refused(
            try changed("[48, 128]", "[44, 124]"),
            "tensors layers.0.q and layers.0.k share bytes; expected each to have its own")
        refused(
            try changed("[0, 48]", "[4, 52]"),
            "has 4 bytes before tensor layers.0.q that belong to none; expected tensors one after the other")
        let builder = try TraceBuilder(heads: 1)
        try builder.write(builder.content() + [0, 0])
        refused(builder, "has 2 bytes after its last tensor; expected it to end after 208 bytes of data")
        try builder.write(builder.content { "{\"__metadata__\":null," + $0.dropFirst() })
        _ = try TraceWorkload(path: builder.path)
    }

    @Test func notFinite() throws {
        for (value, text) in [(Float.nan, "NaN"), (.infinity, "infinity"), (-.infinity, "-infinity")] {
            let builder = try TraceBuilder(heads: 2)
            builder.tensors[1].bytes.replaceSubrange(4 * 11..<4 * 12, with: TraceBuilder.bytes(value.bitPattern))
            try builder.write()
            let sentence =
                "tensor layers.0.k has \(text) at [0, 2, 3]; expected finite numbers: remove NaN and infinity"
            expect("\(builder.path): \(sentence)", 65) { try prompt(of: TraceWorkload(path: builder.path)) }
            // The other head is sound.
            _ = try prompt(of: TraceWorkload(path: builder.path, head: 1))
        }
        let builder = try TraceBuilder(heads: 1)
        builder.tensors[2].dtype = "F16"
        builder.tensors[2].bytes = (0..<20).flatMap { TraceBuilder.bytes(UInt16($0 == 19 ? 0x7E00 : $0)) }
        try builder.write()
        let sentence = "tensor layers.0.v has NaN at [0, 4, 3]; expected finite numbers: remove NaN and infinity"
        expect("\(builder.path): \(sentence)", 65) { try prompt(of: TraceWorkload(path: builder.path)) }
    }

    @Test func metadata() throws {
        let builder = try TraceBuilder(heads: 1)
        builder.metadata = ["causal": "perhaps"]
        try builder.write()
        refused(builder, "metadata causal is “perhaps”; expected true or false")
        builder.metadata = ["causal": "true"]
        try builder.write()
        _ = try prompt(of: TraceWorkload(path: builder.path))
        builder.tensors[0].shape = [1, 6, 2]
        builder.tensors[1].shape = [1, 5, 2]
        builder.tensors[1].bytes.removeLast(40)
        try builder.write()
        refused(
            builder,
            "tensor layers.0.q has shape [1, 6, 2]; expected no more queries than the 5 keys of layers.0.k, since it is"
                + " causal")
    }

    @Test func words() throws {
        let builder = try TraceBuilder(heads: 1)
        try builder.write()
        let path = TraceWords.path(beside: builder.path)
        try builder.write(words: ["one", "two"])
        expect(
            "\(path): has 2 lines; expected 8: a word for each of 5 keys, then one for each of 3 queries", 65
        ) { try TraceWorkload(path: builder.path) }
        try Data([0xFF, 0xFE, 0x0A]).write(to: URL(fileURLWithPath: path))
        expect("\(path): is not UTF-8 text; expected a word a line", 65) { try TraceWorkload(path: builder.path) }
    }

    /// Whatever byte of the header is changed, the file opens and can be read, or is refused: nothing else happens.
    @Test func anyByteMayBeWrong() throws {
        let builder = try TraceBuilder(heads: 1)
        let content = builder.content()
        let header = content.count - 208
        let random = CounterRandom(seed: 1, stream: .keys)
        var refused = 0
        for trial in UInt64(0)..<600 {
            var changed = content
            let bits = random.bits(trial)
            changed[Int(bits >> 32) % header] = UInt8(truncatingIfNeeded: bits)
            try builder.write(changed)
            do {
                let trace = try TraceWorkload(path: builder.path)
                #expect(try prompt(of: trace).count == trace.promptLength)
            } catch is WorkloadError {
                refused += 1
            }
        }
        #expect(refused > 300)
    }
}

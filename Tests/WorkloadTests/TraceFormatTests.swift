import Foundation
import Testing

@testable import Workload

/// Each format, type, name and layout gives the same rows.
@Suite struct TraceFormatTests {
    // MARK: Types

    /// Every 8-bit number against its definition.
    @Test func eightBitNumbersAreExact() {
        for bits in UInt8.min...UInt8.max {
            let negative = bits & 0x80 != 0
            for (type, exponentBits, bias) in [(ElementType.float8E4M3, 4, 7), (.float8E5M2, 5, 15)] {
                let fractionBits = 7 - exponentBits
                let exponent = Int(bits >> UInt8(fractionBits)) & ((1 << exponentBits) - 1)
                let fraction = Int(bits) & ((1 << fractionBits) - 1)
                var out = [Float](repeating: 0, count: 1)
                [bits].withUnsafeBytes { raw in out.withUnsafeMutableBufferPointer { type.decode(raw, into: $0) } }
                let isSpecial = type == .float8E4M3 ? bits & 0x7F == 0x7F : exponent == 31
                if isSpecial {
                    #expect(!out[0].isFinite, "\(type) \(bits)")
                    continue
                }
                let unit = pow(2.0, Double(1 - bias - fractionBits))
                let magnitude =
                    exponent == 0
                    ? Double(fraction) * unit
                    : Double(fraction + 1 << fractionBits) * unit * pow(2.0, Double(exponent - 1))
                #expect(Double(out[0]) == (negative ? -magnitude : magnitude), "\(type) \(bits)")
            }
        }
    }

    @Test func everyTypeIsRead() throws {
        let values: [Float] = [1, -2, 0.5, 0, 448, -0.25]
        let coded: [ElementType: [UInt8]] = [
            .float16: values.flatMap { TraceBuilder.bytes(Float16($0).bitPattern) },
            .bfloat16: values.flatMap { TraceBuilder.bytes(UInt16($0.bitPattern >> 16)) },
            .float32: values.flatMap { TraceBuilder.bytes($0.bitPattern) },
            .float64: values.flatMap { TraceBuilder.bytes(Double($0).bitPattern) },
            .float8E4M3: [0x38, 0xC0, 0x30, 0x00, 0x7E, 0xA8],
            .float8E5M2: [0x3C, 0xC0, 0x38, 0x00, 0x5F, 0xB4],
        ]
        for type in ElementType.allCases {
            let builder = try TraceBuilder()
            builder.tensors = []
            for role in ["q", "k", "v"] {
                builder.add(
                    "layers.0.\(role)", dtype: type.rawValue, shape: [1, 3, 2], bytes: try #require(coded[type]))
            }
            try builder.write()
            // 448 lies between two numbers of E5M2.
            var expected = values
            if type == .float8E5M2 { expected[4] = 448 }
            #expect(try promptKeys(of: TraceWorkload(path: builder.path)) == expected, "\(type)")
        }
    }

    /// Multi-head latent attention: many query heads over one of keys, d = 576 and values of 512 (arXiv 2405.04434, 2.1).
    @Test func longKeysWithShorterValuesAreRead() throws {
        let (heads, queries, keys, d, dv) = (4, 3, 9, 576, 512)
        let builder = try TraceBuilder(heads: heads, keyHeads: 1, queries: queries, keys: keys, d: d, dv: dv)
        builder.metadata = ["scale": "0.125"]
        try builder.write()
        for head in 0..<heads {
            let trace = try TraceWorkload(path: builder.path, head: head)
            #expect(trace.dimension == d && trace.valueDimension == dv && trace.heads == heads)
            #expect(try promptKeys(of: trace) == (0..<keys * d).map { 100 + Float($0) })
            let store = try prompt(of: trace)
            #expect(Array(store.values) == (0..<keys * dv).map { -Float($0) })
            for step in 0..<queries {
                // The engine divides scores by √576 = 24; the file's scale is eighths: queries hold three times their numbers.
                let first = (head * queries + step) * d
                let expected = (first..<first + d).map { 3 * Float($0) / 8 }
                #expect(try trace.step(step, sequence: 0).query == expected)
            }
        }
    }

    // MARK: Names and layouts

    @Test(arguments: [
        ("layers.7.q", 7), ("layer7.q", 7), ("q", 0), ("model.layers.7.self_attn.q", 7),
        ("model.layers.7.self_attn.q_proj", 7), ("blocks.7.attn.hook_q", 7), ("blocks.7.attn.hook_rot_q", 7),
    ])
    func theUsualNamesAreKnown(name: String, layer: Int) throws {
        let names = try TensorNames(pattern: nil)
        let place = try #require(names.place(of: name))
        #expect(place.layer == layer && place.part == .queries)
        for no in [
            "layers.7.q.weight", "x" + name, name + "x", "layers.q", "layers.-1.q", "layers.99999999999999999999.q",
        ] {
            #expect(names.place(of: no) == nil, "\(no)")
        }
    }

    @Test func otherNamesFollowAPattern() throws {
        let names = try TensorNames(pattern: "net/{part}s_of_block{layer}")
        #expect(names.place(of: "net/keys_of_block12")?.part == .keys)
        #expect(names.place(of: "net/keys_of_block12")?.layer == 12)
        #expect(names.place(of: "layers.0.q") == nil)
        for pattern in ["", "q", "{layer}", "{part}{part}", "{layer}.{layer}.{part}"] {
            #expect(throws: WorkloadError.namesWithoutPart(pattern)) { _ = try TensorNames(pattern: pattern) }
        }
    }

    @Test func queriesAfterTheRotaryEmbeddingAreTaken() throws {
        let builder = try TraceBuilder()
        builder.tensors = []
        for (name, value) in [("hook_q", 1), ("hook_k", 2), ("hook_v", 3), ("hook_rot_q", 4), ("hook_rot_k", 5)] {
            builder.add("blocks.0.attn.\(name)", shape: [1, 2, 2]) { _ in Float(value) }
        }
        try builder.write()
        let trace = try TraceWorkload(path: builder.path)
        #expect(try promptKeys(of: trace) == [5, 5, 5, 5] && trace.step(0, sequence: 0).query == [4, 4])
    }

    @Test func layoutsAreTheSameRows() throws {
        // Three heads of 2 tokens and 2 entries: entry = 100·head + 10·token + column.
        func entry(_ head: Int, _ token: Int, _ column: Int) -> Float { Float(100 * head + 10 * token + column) }
        let htd = (0..<12).map { entry($0 / 4, $0 / 2 % 2, $0 % 2) }
        let thd = (0..<12).map { entry($0 / 2 % 3, $0 / 6, $0 % 2) }
        for (shape, entries, layout) in [
            ([3, 2, 2], htd, nil), ([1, 3, 2, 2], htd, TensorLayout.htd), ([2, 3, 2], thd, .thd),
            ([1, 2, 3, 2], thd, .thd),
        ] {
            let builder = try TraceBuilder()
            builder.tensors = []
            for role in ["q", "k", "v"] { builder.add(role, shape: shape) { entries[$0] } }
            try builder.write()
            var options = TraceOptions()
            options.layout = layout
            for head in 0..<3 {
                let trace = try TraceWorkload(path: builder.path, head: head, options: options)
                #expect(trace.heads == 3)
                let expected = [entry(head, 0, 0), entry(head, 0, 1), entry(head, 1, 0), entry(head, 1, 1)]
                #expect(try promptKeys(of: trace) == expected)
                #expect(try trace.step(1, sequence: 0).query == [entry(head, 1, 0), entry(head, 1, 1)])
            }
        }
    }

    @Test func oneHeadNeedsNoAxis() throws {
        let builder = try TraceBuilder()
        builder.tensors = []
        for role in ["q", "k", "v"] { builder.add(role, shape: [3, 2], entry: Float.init) }
        try builder.write()
        #expect(try promptKeys(of: TraceWorkload(path: builder.path)) == [0, 1, 2, 3, 4, 5])
    }

    // MARK: Shards and NumPy

    @Test func shardsAreOneTrace() throws {
        let builder = try TraceBuilder(heads: 2)
        let all = builder.tensors
        for (i, file) in ["a", "b"].enumerated() {
            builder.tensors = i == 0 ? [all[0]] : [all[1], all[2]]
            let path = builder.folder.appendingPathComponent("model-\(file).safetensors")
            try Data(builder.content()).write(to: path)
        }
        let index = builder.folder.appendingPathComponent("model.safetensors.index.json")
        func write(_ text: String) throws { try Data(text.utf8).write(to: index) }
        let b = "\"layers.0.k\":\"model-b.safetensors\",\"layers.0.v\":\"model-b.safetensors\""
        try write("{\"metadata\":{\"total_size\":1},\"weight_map\":{\"layers.0.q\":\"model-a.safetensors\",\(b)}}")
        for path in [index.path, builder.folder.path, builder.folder.path + "/"] {
            let trace = try TraceWorkload(path: path, head: 1)
            #expect(try promptKeys(of: trace).first == 120 && trace.step(0, sequence: 0).query.first == 12.0 / 8)
        }
        let outside = "the file “../x” does not stand beside it"
        for (map, reason) in [
            (
                "\"layers.0.q\":\"model-b.safetensors\"",
                "it looks for “layers.0.q” in model-b.safetensors, which has it not"
            ),
            ("\"layers.0.q\":\"../x\"", outside), ("\"layers.0.q\":1", "weight_map › layers.0.q is not a file's name"),
        ] {
            try write("{\"weight_map\":{\(map)}}")
            expect("\(index.path): is no index of safetensors files: \(reason)", 65) {
                try TraceWorkload(path: index.path)
            }
        }
        try write("{\"weight_map\":{\"layers.0.q\":\"gone.safetensors\"}}")
        expect("\(builder.folder.path)/gone.safetensors: cannot be read: there is no such file", 66) {
            try TraceWorkload(path: index.path)
        }
    }

    /// `.npy` as NumPy writes it.
    static func array(_ values: [Float], shape: [Int], type: String = "<f4", order: String = "False") -> [UInt8] {
        let lengths = shape.map { "\($0), " }.joined()
        var header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(lengths)), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        return NumpyArray.magic + [1, 0] + TraceBuilder.bytes(UInt16(header.utf8.count)) + Array(header.utf8)
            + values.flatMap {
                type.hasPrefix(">") ? TraceBuilder.bytes($0.bitPattern).reversed() : TraceBuilder.bytes($0.bitPattern)
            }
    }

    @Test func threeArraysAreATrace() throws {
        let builder = try TraceBuilder()
        let folder = builder.folder
        for (i, role) in ["q", "k", "v"].enumerated() {
            let array = Self.array(
                [0, 1, 2, 3].map { $0 + Float(10 * i) }, shape: [2, 2], type: i == 1 ? ">f4" : "<f4")
            try Data(array).write(to: folder.appendingPathComponent("\(role).npy"))
        }
        let one = folder.path + "/k.npy"
        for path in [folder.path, one, ["q", "k", "v"].map { "\(folder.path)/\($0).npy" }.joined(separator: ",")] {
            let trace = try TraceWorkload(path: path)
            #expect(try promptKeys(of: trace) == [10, 11, 12, 13] && trace.step(1, sequence: 0).query == [2, 3])
        }
        func refused(_ array: [UInt8], _ sentence: String) throws {
            try Data(array).write(to: folder.appendingPathComponent("k.npy"))
            expect("\(one): \(sentence)", 65) { try TraceWorkload(path: one) }
        }
        try refused(
            Self.array([0, 1, 2, 3], shape: [2, 2], order: "True"),
            "array k stands column by column; save numpy.ascontiguousarray of it")
        try refused(
            Self.array([0, 1, 2], shape: [2, 2]), "tensor k takes 12 bytes; expected 16 for <f4 of shape [2, 2]")
        try refused(Array(NumpyArray.magic), "array k does not begin as .npy does")
        try refused(
            Self.array([0, 1], shape: [2, 2], type: "<i2"),
            "tensor k is of type <i2; expected F16, BF16, F32, F64, F8_E4M3 or F8_E5M2")
    }

    // MARK: Types that are refused, and what is told

    @Test func pickledFilesAreToldHowTheyAreConverted() throws {
        let builder = try TraceBuilder()
        for (name, bytes) in [("x.pt", [UInt8](repeating: 0, count: 20)), ("y.bin", [0x80, 2, 0x8A, 0x0A, 0, 0])] {
            let path = builder.folder.appendingPathComponent(name)
            try Data(bytes).write(to: path)
            let error = #expect(throws: WorkloadError.self) { try TraceWorkload(path: path.path) }
            #expect(error?.description.contains("torch.load") == true && error?.category == .badData)
        }
        expect("\(builder.folder.path)/none.pt: cannot be read: there is no such file", 66) {
            try TraceWorkload(path: builder.folder.path + "/none.pt")
        }
    }

    // MARK: Scale, soft cap and sinks

    @Test func theScaleIsInTheQueries() throws {
        let builder = try TraceBuilder(heads: 2, d: 4)
        builder.metadata = ["scale": "0.25", "softcap": "50", "sinks": "0.5,-1"]
        try builder.write()
        // ⟨q, k⟩·0.25 = ⟨q/2, k⟩/√4.
        let trace = try TraceWorkload(path: builder.path, head: 1)
        #expect(try trace.step(2, sequence: 0).query == [20, 21, 22, 23].map { $0 / 16 })
        #expect(trace.softcap == 50 && trace.sinkLogit == -1)
        var options = TraceOptions()
        options.scale = 0.5
        options.softcap = 30
        let other = try TraceWorkload(path: builder.path, head: 1, options: options)
        #expect(try other.step(2, sequence: 0).query == [20, 21, 22, 23].map { $0 / 8 } && other.softcap == 30)
        for bad in [0, -1, Double.nan, .infinity] {
            options.scale = bad
            #expect(throws: WorkloadError.self) { try TraceWorkload(path: builder.path, options: options) }
        }
        for (key, value) in [("scale", "x"), ("scale", "-1"), ("softcap", "0"), ("sinks", "1,x"), ("layout", "hdt")] {
            builder.metadata = [key: value]
            try builder.write()
            #expect(throws: WorkloadError.self) { try TraceWorkload(path: builder.path) }
        }
        builder.metadata = ["sinks": "1"]
        try builder.write()
        expect("\(builder.path): has 1 sink logits; expected one for each of 2 query heads", 65) {
            try TraceWorkload(path: builder.path)
        }
    }

    // MARK: Replay

    @Test func aStretchIsReplayed() throws {
        let builder = try TraceBuilder(heads: 1, queries: 10, keys: 10, d: 1)
        try builder.write()
        var options = TraceOptions()
        (options.from, options.to) = (4, 6)
        let after = try TraceWorkload(path: builder.path, options: options)
        #expect(after.promptLength == 10 && after.stepsPerSequence == nil)
        #expect(try (0..<3).map { try after.step($0, sequence: 0).query[0] * 8 } == [4, 5, 4])
        options.isCausal = true
        let causal = try TraceWorkload(path: builder.path, options: options)
        #expect(causal.promptLength == 4 && causal.stepsPerSequence == 2)
        #expect(try causal.step(1, sequence: 0).key == [105])
        options.from = nil
        #expect(try TraceWorkload(path: builder.path, options: options).promptLength == 3)
        options.from = 5
        expect(
            "queries cannot be replayed from 5 after a prompt of n = 4: in a causal trace the first of them follows the"
                + " prompt; leave one of the two out", 64
        ) { try TraceWorkload(path: builder.path, n: 4, options: options) }
        for (from, to) in [(5, 5), (-1, 5), (0, 11), (9, 2)] {
            (options.from, options.to) = (from, to)
            expect("queries cannot be replayed from \(from) to \(to): those of \(builder.path) are 0 to 10", 64) {
                try TraceWorkload(path: builder.path, options: options)
            }
        }
    }

    /// A recording of a live stream has the queries of its steps alone.
    @Test func fewerQueriesAreThoseOfTheLastTokens() throws {
        let builder = try TraceBuilder(heads: 1, queries: 3, keys: 10, d: 1)
        builder.metadata = ["causal": "true"]
        try builder.write()
        let trace = try TraceWorkload(path: builder.path)
        #expect(trace.promptLength == 7 && trace.stepsPerSequence == 3)
        let step = try trace.step(2, sequence: 0)
        #expect(step.query == [2.0 / 8] && step.key == [109])
        expect("the context length n cannot be 6: layers.0.k of \(builder.path) allows 7 to 9", 64) {
            try TraceWorkload(path: builder.path, n: 6)
        }
    }

    /// What a stream decoded, written and read again: the same rows, bit for bit.
    @Test(arguments: [(WorkloadKind.massive, 50), (.gaussian, 0)])
    func aRecordingIsWhatRan(kind: WorkloadKind, n: Int) throws {
        let builder = try TraceBuilder()
        let made = try WorkloadRequest(kind: kind, seed: 5, n: n, d: 6).make()
        var file: [UInt8] = []
        try TraceRecording(made, steps: 30).write(metadata: ["note": "a\n\"b\""]) { file += $0 }
        try builder.write(file)
        let replay = try TraceWorkload(path: builder.path)
        #expect(replay.promptLength == n && replay.stepsPerSequence == 30 && replay.dimension == 6)
        #expect(try promptKeys(of: replay) == promptKeys(of: made))
        for step in 0..<30 {
            let (ours, theirs) = (try replay.step(step, sequence: 0), try made.step(step, sequence: 0))
            #expect(ours.query == theirs.query && ours.key == theirs.key && ours.value == theirs.value)
        }
    }

    /// A recording of a trace whose queries come after its keys.
    @Test func aRecordingOfATraceIsATrace() throws {
        let builder = try TraceBuilder(heads: 2, d: 4)
        builder.metadata = ["scale": "0.25", "softcap": "50", "sinks": "0.5,-1"]
        try builder.write()
        let trace = try TraceWorkload(path: builder.path, head: 1)
        var file: [UInt8] = []
        try TraceRecording(trace, steps: 4).write { file += $0 }
        let other = try TraceBuilder()
        try other.write(file)
        let replay = try TraceWorkload(path: other.path)
        #expect(replay.softcap == 50 && replay.sinkLogit == -1 && !replay.appendsKeys)
        #expect(try promptKeys(of: replay) == promptKeys(of: trace))
        for step in 0..<4 {
            #expect(try replay.step(step, sequence: 0).query == trace.step(step, sequence: 0).query)
        }
    }
}

import Attention
import CKernels

/// The weights of one layer of a model of the Llama family.
struct LlamaLayer: Sendable {
    let attentionScale: [Float]
    let query: WeightMatrix
    let key: WeightMatrix
    let value: WeightMatrix
    /// What is added to queries, keys and values; empty where a model has none.
    let biases: (query: [Float], key: [Float], value: [Float])
    let output: WeightMatrix
    let feedScale: [Float]
    let gate: WeightMatrix
    let up: WeightMatrix
    let down: WeightMatrix

    /// - Throws: ``GGUFFault``.
    init(_ file: GGUFFile, number: Int, _ c: LlamaConfiguration) throws(GGUFFault) {
        func matrix(_ name: String, _ rows: Int, _ columns: Int) throws(GGUFFault) -> WeightMatrix {
            try WeightMatrix(file, "blk.\(number).\(name).weight", rows: rows, columns: columns)
        }
        func vector(_ name: String, _ count: Int) throws(GGUFFault) -> [Float] {
            try file.find("blk.\(number).\(name)", shape: [count]).floats()
        }
        func bias(_ name: String, _ count: Int) throws(GGUFFault) -> [Float] {
            // Qwen2 cannot do without.
            guard c.architecture == "qwen2" || file.has("blk.\(number).\(name).bias") else { return [] }
            return try vector("\(name).bias", count)
        }
        let (queries, keys) = (c.heads * c.dimension, c.keyHeads * c.dimension)
        attentionScale = try vector("attn_norm.weight", c.width)
        query = try matrix("attn_q", queries, c.width)
        key = try matrix("attn_k", keys, c.width)
        value = try matrix("attn_v", keys, c.width)
        biases = (try bias("attn_q", queries), try bias("attn_k", keys), try bias("attn_v", keys))
        output = try matrix("attn_output", c.width, queries)
        feedScale = try vector("ffn_norm.weight", c.width)
        gate = try matrix("ffn_gate", c.inner, c.width)
        up = try matrix("ffn_up", c.inner, c.width)
        down = try matrix("ffn_down", c.width, c.inner)
    }

    var bytes: Int { [query, key, value, output, gate, up, down].reduce(0) { $0 + $1.bytes } }
}

/// Room for rows on their way through a layer: one a worker.
final class LlamaBench: @unchecked Sendable {
    let input: ProductInput
    let normed: Rows
    let queries: Rows
    let keys: Rows
    let values: Rows
    let attended: Rows
    let gate: Rows
    let up: Rows

    /// For so many rows at a time.
    init(_ c: LlamaConfiguration, rows: Int) {
        let queryWidth = c.heads * c.dimension
        input = ProductInput(room: rows * max(c.width, c.inner, queryWidth))
        normed = Rows(count: rows, columns: c.width)
        queries = Rows(count: rows, columns: queryWidth)
        keys = Rows(count: rows, columns: c.keyHeads * c.dimension)
        values = Rows(count: rows, columns: c.keyHeads * c.dimension)
        attended = Rows(count: rows, columns: queryWidth)
        gate = Rows(count: rows, columns: c.inner)
        up = Rows(count: rows, columns: c.inner)
    }
}

/// How the products of rows with some matrices are shared out.
protocol ProductRunner {
    /// `y = W x` for each matrix; `y` holds `rows` floats a vector.
    func multiply(
        _ input: ProductInput, _ products: [(WeightMatrix, UnsafeMutableBufferPointer<Float>)])
}

/// On the calling thread.
struct SoloProducts: ProductRunner {
    func multiply(
        _ input: ProductInput, _ products: [(WeightMatrix, UnsafeMutableBufferPointer<Float>)]
    ) {
        for (matrix, y) in products { matrix.multiply(input, into: y) }
    }
}

/// Panels are shared out among a team.
struct TeamProducts: ProductRunner {
    let team: Team
    /// Shares a worker: the first to be done takes another.
    private static let shares = 3

    func multiply(
        _ input: ProductInput, _ products: [(WeightMatrix, UnsafeMutableBufferPointer<Float>)]
    ) {
        let all = products.reduce(0) { $0 + $1.0.panels }
        let tasks = min(all, team.workers == 1 ? 1 : Self.shares * team.workers)
        team.run(tasks) { task in
            let wanted = task * all / tasks..<(task + 1) * all / tasks
            var first = 0
            for (matrix, y) in products {
                let part = wanted.clamped(to: first..<first + matrix.panels)
                if !part.isEmpty {
                    matrix.multiply(input, panels: part.lowerBound - first..<part.upperBound - first, into: y)
                }
                first += matrix.panels
            }
        }
    }
}

extension LlamaLayer {
    /// Queries, keys and values of rows of hidden state, turned by their positions.
    func project(
        _ hidden: UnsafeMutableBufferPointer<Float>, positions: Range<Int>, _ model: LlamaModel,
        _ bench: LlamaBench,
        _ runner: some ProductRunner
    ) {
        let c = model.configuration
        let rows = 0..<positions.count
        model.normalise(hidden, by: attentionScale, into: bench.normed.part(rows))
        bench.input.set(bench.normed.part(rows), columns: c.width)
        let (q, k, v) = (bench.queries.part(rows), bench.keys.part(rows), bench.values.part(rows))
        runner.multiply(bench.input, [(query, q), (key, k), (value, v)])
        for (x, bias) in [(q, biases.query), (k, biases.key), (v, biases.value)] where !bias.isEmpty {
            for i in x.indices { x[i] += bias[i % bias.count] }
        }
        guard let queries = q.baseAddress, let keys = k.baseAddress else { return }
        for (row, position) in positions.enumerated() {
            let angles = model.rotary.angles(position)
            for h in 0..<c.heads {
                model.rotary.turn(queries + (row * c.heads + h) * c.dimension, angles)
            }
            for h in 0..<c.keyHeads {
                model.rotary.turn(keys + (row * c.keyHeads + h) * c.dimension, angles)
            }
        }
    }

    /// Adds what attention gave and the feed-forward part to rows of hidden state.
    func finish(
        _ hidden: UnsafeMutableBufferPointer<Float>, attended: UnsafeMutableBufferPointer<Float>,
        _ model: LlamaModel,
        _ bench: LlamaBench, _ runner: some ProductRunner
    ) {
        let c = model.configuration
        let rows = 0..<hidden.count / c.width
        let normed = bench.normed.part(rows)
        bench.input.set(attended, columns: c.heads * c.dimension)
        runner.multiply(bench.input, [(output, normed)])
        ck_add_floats(hidden.baseAddress, normed.baseAddress, hidden.count)
        model.normalise(hidden, by: feedScale, into: normed)
        bench.input.set(normed, columns: c.width)
        let (inner, wide) = (bench.gate.part(rows), bench.up.part(rows))
        runner.multiply(bench.input, [(gate, inner), (up, wide)])
        ck_gate(inner.baseAddress, wide.baseAddress, inner.count)
        bench.input.set(inner, columns: c.inner)
        runner.multiply(bench.input, [(down, normed)])
        ck_add_floats(hidden.baseAddress, normed.baseAddress, hidden.count)
    }
}

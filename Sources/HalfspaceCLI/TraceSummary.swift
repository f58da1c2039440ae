import PlainText
import Workload

/// What a trace holds, in a few lines.
enum TraceSummary {
    static func lines(of trace: TraceContents) -> [String] {
        var lines = ["\(trace.path.plain()): \(trace.format)" + (trace.model.map { ", \($0.plain(80))" } ?? "")]
        for (layers, shape) in runs(trace.layers) {
            let numbers = layers.count > 1 ? "layers \(layers[0]) to \(layers[layers.count - 1])" : "layer \(layers[0])"
            let grouped = shape.keyHeads < shape.heads ? " over \(shape.keyHeads) of keys and values" : ""
            lines.append(
                "\(numbers): \(shape.heads) query \(shape.heads == 1 ? "head" : "heads")\(grouped), \(shape.queries) queries, \(shape.keys) keys,"
                    + " d \(shape.dimension), dv \(shape.valueDimension), \(shape.type.plain(20)),"
                    + " \(shape.isCausal ? "causal" : "every query sees every key"), scale \(short(shape.scale))")
        }
        if let cap = trace.softcap {
            lines.append("soft cap \(short(cap)): softmax of \(short(cap))·tanh(s/\(short(cap)))")
        }
        if let rope = trace.rope { lines.append("rotary embedding: \(rope.plain(80))") }
        return lines
    }

    private static func short(_ value: Double) -> String {
        // As many digits as float32 has.
        "\(Float(value))"
    }

    /// Layers in a row that are alike.
    private static func runs(_ layers: [TraceContents.Layer]) -> [([Int], TraceContents.Layer)] {
        var runs: [([Int], TraceContents.Layer)] = []
        for layer in layers {
            var shape = layer
            shape.number = 0
            if let last = runs.indices.last, runs[last].1 == shape, runs[last].0.last == layer.number - 1 {
                runs[last].0.append(layer.number)
            } else {
                runs.append(([layer.number], shape))
            }
        }
        return runs
    }
}

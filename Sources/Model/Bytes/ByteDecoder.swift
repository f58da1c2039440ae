import Attention
import Foundation
import HalfSpace
import Measurement

/// One context of a byte-level model under way: what was read and written so far, and what every head remembers of it.
///
/// One thread owns it. The global heads are ``HeadCache``s of the Attention layer; local layers keep their windows themselves.
public final class ByteDecoder: LanguageDecoder {
    let model: ByteModel
    public private(set) var bytes: [UInt8] = []
    public let heads: [HeadCache]
    public let capacity: Int
    public var rule: ThresholdSettings
    /// By layer; nil for a global one.
    let windows: [LocalWindow?]
    /// The keys of the next position, made from the hidden state of the last one: by global layer.
    var nextKeys: [[Float]]
    /// Keys reported for every row of the prompt: by head; nil where it was computed densely.
    public internal(set) var reportedInPrompt: [[Int]?]
    private let bench: ByteBench
    /// The hidden state with half-space reporting, and with dense attention.
    private let hidden: Rows
    private let output: AttentionOutput

    /// The longest context that is served.
    public static let mostBytes = 131_072

    /// An empty context that grows to `capacity` bytes.
    public init(
        _ model: ByteModel, capacity: Int, rule: ThresholdSettings = ThresholdSettings(rule: .learned),
        format: NumberFormat = .float32
    ) {
        self.model = model
        self.capacity = capacity
        self.rule = rule
        let (c, shape) = (model.configuration, model.headShape)
        windows = model.layers.map { $0.isGlobal ? nil : Self.makeWindow($0, c) }
        heads = (0..<shape.count).map { _ in
            HeadCache(
                dimension: shape.dimension, valueDimension: shape.valueDimension, capacity: capacity, format: format)
        }
        nextKeys = shape.layers.map { _ in Array(repeating: 0, count: c.gh * c.gdh) }
        reportedInPrompt = Array(repeating: nil, count: shape.count)
        bench = ByteBench(model, rows: 1)
        hidden = Rows(count: 2, columns: c.d)
        output = AttentionOutput(valueDimension: c.gdh)
    }

    private static func makeWindow(_ layer: ByteLayer, _ c: ByteModelConfiguration) -> LocalWindow {
        LocalWindow(layer, window: c.window, span: 512)
    }

    /// An empty window of a local layer.
    func makeWindow(_ layer: Int) -> LocalWindow { Self.makeWindow(model.layers[layer], model.configuration) }

    public var languageModel: any LanguageModel { model }
    public var length: Int { bytes.count }

    /// Notes the bytes of a prompt, or forgets what came after so many.
    func keep(_ length: Int, then more: [UInt8] = []) { bytes = Array(bytes.prefix(length)) + more }

    /// Reads a token and computes the logits of the next.
    /// - Throws: ``ContextFull``, `NonFiniteEntry`.
    public func step(_ token: Int, _ way: DecodeWay) throws -> DecodedStep {
        guard bytes.count < capacity else { throw ContextFull(capacity: capacity) }
        bytes.append(UInt8(truncatingIfNeeded: token))
        let position = bytes.count - 1
        var step = DecodedStep()
        var global = 0
        var watch = Stopwatch()
        model.embed(bytes.suffix(model.longestGram), into: hidden[0])
        for (layer, window) in zip(model.layers, windows) {
            let before = (whole: step.seconds, hsr: step.hsrSeconds, naive: step.naiveSeconds)
            defer {
                var time = LayerTime()
                time.seconds = step.seconds + watch.seconds - before.whole
                (time.hsrSeconds, time.naiveSeconds) = (step.hsrSeconds - before.hsr, step.naiveSeconds - before.naive)
                step.layers.append(time)
                step.seconds += watch.seconds
                watch = Stopwatch()
            }
            let attended = bench.attended[0]
            let used = UnsafeMutableBufferPointer(rebasing: attended[..<layer.width])
            if let window {
                if way == .both, global > 0 {
                    // First, so that what the window keeps is what half-space reporting made.
                    step.seconds += watch.seconds
                    window.attend(layer.projections(of: hidden[1], bench), position: position, into: used)
                    layer.finish(hidden[1], attended: used, bench)
                    watch = Stopwatch()
                }
                window.attend(layer.projections(of: hidden[0], bench), position: position, into: used)
                layer.finish(hidden[0], attended: used, bench)
                continue
            }
            let asked = try read(layer, global, position: position)
            let kept =
                try way == .dense ? attendDensely(layer, global, asked, &step) : attend(layer, global, asked, &step)
            step.seconds += watch.seconds
            step.queries += asked.queries
            if way != .dense { note(global, &step) }
            if way == .both {
                let dense = attendDensely(layer, global, asked, &step)
                if global == 0 {
                    for t in 0..<model.configuration.d { hidden[1][t] = hidden[0][t] }
                    fill(used, dense)
                } else {
                    fill(used, naive(layer, global, position: position, asked))
                }
                layer.finish(hidden[1], attended: used, bench)
            }
            watch = Stopwatch()
            fill(used, kept)
            layer.finish(hidden[0], attended: used, bench)
            global += 1
        }
        step.logits = logits(of: 0)
        step.seconds += watch.seconds
        if way == .both { step.naiveLogits = logits(of: 1) }
        return step
    }

    /// What the heads of a layer are asked at a position: row-major queries, the threshold of each.
    private struct Asked {
        var queries: [[Float]] = []
        var thresholds: [ChosenThreshold] = []
    }

    /// Appends the position's keys and values, and makes the queries.
    private func read(_ layer: ByteLayer, _ global: Int, position: Int) throws -> Asked {
        let projected = layer.projections(of: hidden[0], bench)
        let (width, d) = (layer.width, layer.dimension)
        let fresh = Array(projected[width..<2 * width])
        let keys = model.configuration.isShifted ? nextKeys[global] : fresh
        nextKeys[global] = fresh
        var asked = Asked()
        for h in 0..<layer.heads {
            let cache = heads[global * layer.heads + h]
            let (keyStart, valueStart) = (h * d, 2 * width + h * d)
            try cache.append(
                keys: GlobalHead.unit(keys[keyStart..<keyStart + d]),
                values: Array(projected[valueStart..<valueStart + d]))
            ask(layer, h, cache, projected, position: position, &asked)
        }
        return asked
    }

    private func ask(
        _ layer: ByteLayer, _ h: Int, _ cache: HeadCache, _ projected: UnsafeMutableBufferPointer<Float>, position: Int,
        _ asked: inout Asked
    ) {
        let head = GlobalHead(model.activation, sigma: layer.sigma[h], dimension: layer.dimension)
        let query = head.query(projected[h * layer.dimension..<(h + 1) * layer.dimension], position: position)
        asked.thresholds.append(head.threshold(query, position: position, rule: rule, keys: cache.statistics))
        asked.queries.append(query)
    }

    /// Every head through its index: dv floats a head, one after the other.
    private func attend(
        _ layer: ByteLayer, _ global: Int, _ asked: Asked, _ step: inout DecodedStep
    ) throws -> [Float] {
        var result: [Float] = []
        for h in 0..<layer.heads {
            let cache = heads[global * layer.heads + h]
            let watch = Stopwatch()
            try cache.attend(
                asked.queries[h], activation: model.activation, threshold: asked.thresholds[h], into: output)
            step.hsrSeconds += watch.seconds
            result += weighed(output)
        }
        return result
    }

    /// What the heads of a layer found: some find their set only when they are asked for it.
    private func note(_ global: Int, _ step: inout DecodedStep) {
        let count = model.headShape.headsPerLayer
        for cache in heads[global * count..<(global + 1) * count] {
            step.reported.append(cache.reported)
            step.thresholds.append(cache.threshold)
        }
    }

    /// Every head over all keys, on the same queries.
    private func attendDensely(
        _ layer: ByteLayer, _ global: Int, _ asked: Asked, _ step: inout DecodedStep
    ) -> [Float] {
        var result: [Float] = []
        for h in 0..<layer.heads {
            let cache = heads[global * layer.heads + h]
            let threshold = asked.thresholds[h].keepLargest == nil ? asked.thresholds[h].value : cache.threshold
            let watch = Stopwatch()
            cache.attendDensely(asked.queries[h], activation: model.activation, threshold: threshold, into: output)
            step.naiveSeconds += watch.seconds
            result += weighed(output)
        }
        return result
    }

    /// The same for the queries that dense attention alone would have led to by now.
    private func naive(_ layer: ByteLayer, _ global: Int, position: Int, _ asked: Asked) -> [Float] {
        let projected = layer.projections(of: hidden[1], bench)
        var own = Asked()
        var result: [Float] = []
        for h in 0..<layer.heads {
            let cache = heads[global * layer.heads + h]
            ask(layer, h, cache, projected, position: position, &own)
            let b = own.thresholds[h].keepLargest == nil ? own.thresholds[h].value : cache.threshold
            cache.attendDensely(own.queries[h], activation: model.activation, threshold: b, into: output)
            result += weighed(output)
        }
        return result
    }

    /// An output as the model takes it: ReLU² adds a little to the sum of its weights.
    private func weighed(_ output: AttentionOutput) -> [Float] {
        guard case .relu = model.activation else { return output.values }
        let scale = GlobalHead.share(output.normaliser, epsilon: model.configuration.eps)
        return output.values.map { $0 * scale }
    }

    private func fill(_ target: UnsafeMutableBufferPointer<Float>, _ numbers: [Float]) {
        for (t, x) in numbers.enumerated() { target[t] = x }
    }

    private func logits(of lane: Int) -> [Float] { model.logits(of: hidden[lane], bench) }
}

import Attention
import Measurement
import Workload

/// A session that shows one head of a layer and decodes them all.
extension DecodeSession {
    /// The keys of what is asked for, and the layer that they belong to, where there is one.
    /// - Throws: what the workload or an index throws, or `CancellationError` from `progress`.
    static func prepared(
        _ settings: Settings, reusing prompt: SessionPrompt?, continuing text: ModelWorkload?, threads: Int?,
        progress: @escaping @Sendable (_ stage: String, _ fraction: Double) throws -> Void
    ) throws -> SessionPrompt {
        guard settings.request.shape != nil, let workload = try settings.makeWorkload() as? LayerWorkload else {
            return try prompt ?? makePrompt(settings, continuing: text, progress: progress)
        }
        var layer = prompt?.layer
        if layer?.serves(settings) != true {
            try MemoryBudget.check(
                rows: workload.promptLength, dimension: workload.dimension, valueDimension: workload.valueDimension,
                shape: workload.shape)
            layer = try LayerSession(
                workload, settings: settings, reusing: layer,
                capacity: capacity(of: workload, sets: workload.shape.keyHeads), threads: threads, progress: progress)
        }
        let head = layer?.attention.heads[workload.shown]
        guard let layer, let head else { return try makePrompt(settings, continuing: nil, progress: progress) }
        return SessionPrompt(
            settings: settings, workload: workload, store: head.store, statistics: head.statistics, layer: layer,
            index: head.index)
    }

    /// The number of the head that is shown.
    var shownHead: Int { (workload as? LayerWorkload)?.shown ?? 0 }

    /// Appends what a step brings to the cache of every key-value head.
    func grow(_ layer: LayerSession, with input: LayerWorkload.Input) throws {
        guard !input.keys.isEmpty else { return }
        try layer.attention.append(keys: input.keys, values: input.values)
        valueNorm.add(store.value(store.count - 1))
    }

    /// The step of all heads: times are the layer's, the set is that of the head that is shown.
    func decode(
        all layer: LayerSession, _ measurement: Measurement, _ record: StepRecord
    ) throws -> Outcome {
        var record = record
        let input = try layer.workload.layerStep(sequenceStep, sequence: sequence)
        let (attention, shown) = (layer.attention, shownHead)
        try grow(layer, with: input)
        record.n = store.count
        let query = input.queries[shown]

        let ruleWatch = Stopwatch()
        let chosen = layer.thresholds(input.queries, settings)
        record.ruleSeconds = ruleWatch.seconds
        record.predicted = chosen[shown].predicted
        func attendDensely(_ thresholds: [Double]) {
            let watch = Stopwatch()
            attention.attendDensely(input.queries, activation: settings.activation, thresholds: thresholds)
            record.naiveSeconds = watch.seconds
            denseCount += 1
            denseOutput.values = attention.denseOutcome(of: shown).output
        }
        let denseFirst = measurement.dense && denseCount % 2 == 1 && chosen.allSatisfy { $0.keepLargest == nil }
        if denseFirst { attendDensely(chosen.map(\.value)) }
        let watch = Stopwatch()
        try attention.attend(input.queries, activation: settings.activation, thresholds: chosen)
        record.hsrSeconds = watch.seconds
        let outcome = attention.outcome(of: shown)
        sparseOutput.values = outcome.output
        (record.threshold, record.reported) = (outcome.threshold, outcome.reported)
        if measurement.dense && !denseFirst {
            attendDensely((0..<layer.shape.heads).map { attention.outcome(of: $0).threshold })
        }
        var all = layer.record(shown: shown, hasNaive: measurement.dense)
        refereeSeconds = nil
        if measurement.referee {
            let watch = Stopwatch()
            judge(query, denseAsWell: measurement.dense, &record)
            layer.judge(input.queries, settings, &all)
            refereeSeconds = watch.seconds
        }
        if measurement.definition { try layer.check(input.queries, &all) }
        record.layer = all
        record.isDense = all.isDense
        // A head that read every key has no set; what its rule asks for is looked up beside the step.
        let output = AttentionOutput(valueDimension: store.valueDimension)
        let found =
            try attention.finding(of: shown)
            ?? sparse.attend(query, activation: settings.activation, threshold: chosen[shown], into: output)
        record.work = found.work
        record.usedMoments = found.usedMoments
        lastSparseSeconds = outcome.seconds
        return try finish(found, of: query, measurement, record)
    }
}

import Workload

/// The engine without a thread or a screen: each call decodes one step and measures everything.
public final class HeadlessStream {
    private let session: DecodeSession

    /// Makes the keys and builds the index.
    /// - Throws: ``SettingsError``, or what the workload or the index throws.
    public init(
        settings: Settings, threads: Int? = nil,
        progress: @escaping @Sendable (_ stage: String, _ fraction: Double) -> Void
    ) throws {
        var settings = settings
        settings.fitModel()
        session = try DecodeSession(settings: settings, threads: threads) { progress($0, $1) }
        session.isRepeatable = true
    }

    public var valueDimension: Int { session.store.valueDimension }

    /// What is decoded, and the steps of it before the keys of another sequence follow.
    public var workload: any Workload { session.workload }
    public var stepsOfFirstSequence: Int { session.stepsOfFirstSequence }

    /// What came of two whole decodes of a language model, in one sentence; nil where nothing was compared.
    public var comparison: String? {
        guard let text = session.text, text.writer.settings.compares, text.writer.tally.written > 0 else { return nil }
        return text.writer.tally.sentence(unit: text.model.unit)
    }

    /// What the record holds, in order.
    public var columns: [String] {
        var record = StepRecord()
        if session.text != nil { record.text = TextRecord() }
        record.layer = session.layer?.record(shown: session.shownHead, hasNaive: false)
        return fields(of: record).map(\.name)
    }

    /// One step: its record's fields and the sparse output, dv floats.
    public func next() throws -> (record: StepRecord, fields: [RecordField], output: [Float]) {
        let outcome = try session.decode(.init(entries: false, residual: true))
        return (outcome.record, fields(of: outcome.record), outcome.output)
    }

    private func fields(of record: StepRecord) -> [RecordField] {
        record.fields(settings: session.settings, dimension: session.store.dimension)
    }
}

import Simulation

/// What a demo's conditions can ask of a decode step: counts, errors, and where it stands.
enum Metric: String, CaseIterable, Sendable {
    /// Steps since the data were made, and the keys that the query saw.
    case step, n
    /// Keys reported, and their part of all.
    case reported, share
    /// Keys whose score was computed, and their part of all.
    case tested
    case testedShare = "tested_share"
    /// Nodes of the index.
    case visited, pruned, whole
    /// Against the definition.
    case missed, extra
    /// Largest difference to dense attention, and ‖out − dense‖₂ / ‖dense‖₂.
    case error
    case relativeError = "relative_error"
    case threshold, predicted
    /// 2(1−p)‖V‖_∞ and the live certificate.
    case bound, certificate

    func value(of record: StepRecord) -> Double? {
        switch self {
        case .step: Double(record.step)
        case .n: Double(record.n)
        case .reported: Double(record.reported)
        case .share: record.n > 0 ? Double(record.reported) / Double(record.n) : nil
        case .tested: Double(record.work.candidates)
        case .testedShare: record.n > 0 ? Double(record.work.candidates) / Double(record.n) : nil
        case .visited: Double(record.work.visited)
        case .pruned: Double(record.work.pruned)
        case .whole: Double(record.work.whole)
        case .missed: record.missed.map(Double.init)
        case .extra: record.extra.map(Double.init)
        case .error: record.maxAbsError
        case .relativeError: record.relativeError
        case .threshold: record.threshold
        case .predicted: record.predicted
        case .bound: record.massBound
        case .certificate: record.certificate
        }
    }
}

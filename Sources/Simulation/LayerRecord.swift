import Measurement
import Workload

/// What a step of all heads of a layer found, head by head.
public struct LayerRecord: Sendable {
    public var shape: LayerShape
    /// The head that the rest of the record tells of.
    public var shown: Int
    /// The threads that computed both sides.
    public var threads: Int
    /// Keys reported; nil of a head that read every key, since no index pays.
    public var reported: [Int?] = []
    /// What every head took of a thread, in seconds; heads that shared a reading have equal parts of it.
    public var seconds: [Double] = []
    /// The same of dense attention; empty where that was not measured.
    public var naiveSeconds: [Double] = []
    /// Against the definition, all heads together.
    public var missed: Int?
    public var extra: Int?
    /// The largest error of any head's output.
    public var maxAbsError: Double?

    init(shape: LayerShape, shown: Int, threads: Int) {
        (self.shape, self.shown, self.threads) = (shape, shown, threads)
    }

    /// Whether every head read every key.
    var isDense: Bool { reported.allSatisfy { $0 == nil } }

    /// Keys reported by a head, on the mean over all; two at least where any head reported one, since then there is a race.
    public var reportedByOne: Int {
        let all = reported.reduce(0) { $0 + ($1 ?? 0) }
        return all == 0 ? 0 : max(2, all / max(1, reported.count))
    }

    /// How many times faster than naive a head was; nil where naive was not measured.
    public func speedUp(of head: Int) -> Double? {
        guard naiveSeconds.indices.contains(head), seconds.indices.contains(head), seconds[head] > 0 else { return nil }
        return naiveSeconds[head] / seconds[head]
    }

    /// The record as it is printed beside that of the shown head.
    var fields: [RecordField] {
        func list(_ name: String, _ values: [Int]) -> RecordField {
            RecordField(name: name, value: values.isEmpty ? .none : .list(values))
        }
        return [
            .whole("heads", shape.heads), .whole("kv_heads", shape.keyHeads), .whole("head", shown),
            .whole("threads", threads),
            // −1 stands for every key: lists hold numbers alone.
            list("heads_reported", reported.map { $0 ?? -1 }),
            list("heads_hsr_ns", seconds.map { Int(held: ($0 * 1e9).rounded()) }),
            list("heads_naive_ns", naiveSeconds.map { Int(held: ($0 * 1e9).rounded()) }),
            .whole("heads_missed", missed), .whole("heads_extra", extra),
            .number("heads_max_abs_error", maxAbsError),
        ]
    }
}

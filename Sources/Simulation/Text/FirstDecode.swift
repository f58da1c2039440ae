import Attention
import Model

/// What the first of two whole decodes wrote, step by step: the second is compared with it.
struct FirstDecode {
    /// One token of it.
    struct Step {
        var record: TextRecord
        /// The likeliest tokens, with their logits.
        var logits: [(token: Int, logit: Float)]
    }

    private(set) var steps: [Step] = []
    /// Whether the second wrote the same so far, so that logits are of the same context.
    private var isSame = true

    /// Logits that are kept of a step.
    private static let kept = 64

    /// Notes what the first decode wrote.
    mutating func note(_ record: TextRecord, _ logits: [Float]) {
        var likeliest: [(token: Int, logit: Float)] = []
        for (token, logit) in logits.enumerated() {
            if likeliest.count == Self.kept, let last = likeliest.last, logit <= last.logit { continue }
            let place = likeliest.firstIndex { $0.logit < logit } ?? likeliest.count
            likeliest.insert((token, logit), at: place)
            if likeliest.count > Self.kept { likeliest.removeLast() }
        }
        steps.append(Step(record: record, logits: likeliest))
    }

    /// The record of a step of the second decode: both texts, both times. Logits are compared up to the first token that differs.
    mutating func compare(_ number: Int, dense: TextRecord, _ logits: [Float]) -> TextRecord {
        guard steps.indices.contains(number) else { return dense }
        let first = steps[number]
        var record = first.record
        record.isCompared = true
        (record.naiveToken, record.naiveBytes) = (dense.token, dense.bytes)
        (record.naiveSeconds, record.secondsWithNaive) = (dense.naiveSeconds, dense.secondsWithNaive)
        record.sharesContext = isSame
        if isSame {
            record.logitDifference = first.logits.reduce(0) { most, known in
                logits.indices.contains(known.token)
                    ? max(most, abs(Double(known.logit) - Double(logits[known.token]))) : most
            }
        }
        isSame = isSame && record.token == record.naiveToken
        return record
    }
}

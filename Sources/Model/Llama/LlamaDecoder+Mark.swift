import Attention

/// A place in a context of a model of the Llama family.
final class LlamaMark: DecoderMark {
    let length: Int
    fileprivate let statistics: [KeyStatistics]

    fileprivate init(_ decoder: LlamaDecoder) {
        length = decoder.tokens.count
        statistics = decoder.keyHeads.map(\.statistics)
    }
}

extension LlamaDecoder {
    /// The present place.
    public func mark() -> any DecoderMark { LlamaMark(self) }

    /// Forgets what was read after a mark of this decoder.
    public func rewind(to mark: any DecoderMark) {
        guard let mark = mark as? LlamaMark, mark.length <= tokens.count else { return }
        for (head, statistics) in zip(keyHeads, mark.statistics) {
            head.truncate(to: mark.length, statistics: statistics)
        }
        keep(mark.length)
    }
}

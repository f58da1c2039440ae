import HalfSpace
import Model

/// The text of a language model at one moment, with what its last letter attended to.
public struct TextFrame: Sendable {
    /// The whole context with the letter that was written last; the first ``promptCount`` are the prompt's.
    public var bytes: [UInt8]
    public var promptCount: Int
    /// The newest letter, and what came of all of them.
    public var record: TextRecord?
    public var tally: TextTally
    /// Letters that were typed: their positions, ascending.
    public var typed: [Int]
    /// What the newest letter attended to: by position, ascending, with the share of the attention that each has. First of the
    /// chosen head, then of all heads together; empty while no view wants them.
    public var ofHead: [Lit] = []
    public var ofAllHeads: [Lit] = []
    /// "relu2", and its chosen head: "layer 1, head 0".
    public var model: String
    public var headName: String
    /// Where the time of the newest letter went.
    public var layers: [LayerTime]

    /// A position that is lit.
    public struct Lit: Sendable, Equatable {
        public var position: Int
        public var share: Float

        public init(position: Int, share: Float) {
            self.position = position
            self.share = share
        }
    }
}

extension TextFrame {
    /// What stands there now.
    /// - Parameter wantsLight: whether what is attended to is wanted: a listing of every head.
    init(_ text: ModelWorkload, wantsLight: Bool, last: TextFrame?) {
        let writer = text.writer
        bytes = writer.text
        promptCount = writer.promptCount
        (record, tally, typed, layers) = (writer.record, writer.tally, writer.typedPositions, writer.layers)
        model = text.model.name
        headName = text.model.headShape.name(text.head)
        guard wantsLight, record != nil else { return }
        if let last, last.record == record, last.bytes.count == bytes.count, last.headName == headName,
            !last.ofAllHeads.isEmpty
        {
            (ofHead, ofAllHeads) = (last.ofHead, last.ofAllHeads)
            return
        }
        let heads = writer.decoder.heads
        var sums: [Int: Float] = [:]
        for (h, head) in heads.enumerated() {
            guard let (positions, shares) = try? head.entries() else { continue }
            for (position, share) in zip(positions, shares) where share > 0 {
                sums[Int(position), default: 0] += share / Float(heads.count)
                if h == text.head { ofHead.append(Lit(position: Int(position), share: share)) }
            }
        }
        ofAllHeads = sums.map { Lit(position: $0.key, share: $0.value) }.sorted { $0.position < $1.position }
    }
}

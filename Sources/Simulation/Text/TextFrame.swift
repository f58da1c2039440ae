import HalfSpace
import Model

/// The text of a language model at one moment, with what its last letter attended to.
public struct TextFrame: Sendable {
    /// The whole context with the token that was written last; the first ``promptBytes`` are the prompt's.
    public var bytes: [UInt8]
    public var promptBytes: Int
    /// Tokens of the prompt.
    public var promptCount: Int
    /// What a token is called: "letter" or "token", and whether every one is computed densely as well.
    public var unit = "letter"
    public var denseEvery = 1
    /// Heads of a layer, and the chosen head's number.
    public var headsPerLayer = 0
    public var head = 0
    /// Of every head, whether the planner has it read all its keys.
    public var denseHeads: [Bool] = []
    /// Which of two whole decodes that are compared is under way: 1, through half-space reporting alone, or 2, densely; else nil.
    public var decode: Int?
    /// The newest record that dense attention was computed for as well.
    public var compared: TextRecord?
    /// The newest letter, and what came of all of them.
    public var record: TextRecord?
    public var tally: TextTally
    /// Bytes that were typed: their positions, ascending.
    public var typed: [Int]
    /// What the newest letter attended to: by byte, ascending, with the share of the attention that its token has. First of the
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
        (promptCount, promptBytes) = (writer.promptCount, writer.promptBytes)
        (record, tally, layers) = (writer.record, writer.tally, writer.layers)
        unit = text.model.unit
        denseEvery = unit == "letter" ? 1 : max(1, writer.settings.denseEvery)
        (headsPerLayer, head) = (text.model.headShape.headsPerLayer, text.head)
        typed = writer.typedPositions.flatMap { Array(writer.bytes(of: $0)) }
        let heads = writer.decoder.heads
        // Under a rule that promises an error heads are chosen one by one, else what serves a set of keys serves its heads.
        let isByHead = writer.decoder.rule.rule == .error
        denseHeads = heads.map { isByHead ? $0.staysDense : $0.index?.answersDensely ?? true }
        if writer.settings.compares { decode = writer.isSecond ? 2 : 1 }
        compared = writer.record.flatMap { $0.isCompared ? $0 : last?.compared }
        model = text.model.name
        headName = text.model.headShape.name(text.head)
        guard wantsLight, record != nil else { return }
        if let last, last.record == record, last.bytes.count == bytes.count, last.headName == headName,
            !last.ofAllHeads.isEmpty
        {
            (ofHead, ofAllHeads) = (last.ofHead, last.ofAllHeads)
            return
        }
        var sums: [Int: Float] = [:]
        for (h, head) in heads.enumerated() {
            guard let (positions, shares) = try? head.entries() else { continue }
            for (position, share) in zip(positions, shares) where share > 0 {
                sums[Int(position), default: 0] += share / Float(heads.count)
                guard h == text.head else { continue }
                ofHead += writer.bytes(of: Int(position)).map { Lit(position: $0, share: share) }
            }
        }
        ofAllHeads = sums.sorted { $0.key < $1.key }.flatMap { position, share in
            writer.bytes(of: position).map { Lit(position: $0, share: share) }
        }
    }
}

/// The policies by name, in the order in which they are listed.
public enum PolicyKind: String, CaseIterable, Sendable, Codable {
    case oracle, hsr, means, streaming, h2o, snapkv, quest, louver, balls, vattention, magicpig, random

    /// To add one: its file in `Published`, and its line here.
    public var type: any CachePolicy.Type {
        switch self {
        case .oracle: OracleTopR.self
        case .hsr: HalfSpacePolicy.self
        case .means: MeansPolicy.self
        case .streaming: StreamingLLM.self
        case .h2o: HeavyHitters.self
        case .snapkv: SnapKV.self
        case .quest: Quest.self
        case .louver: CentroidStop.self
        case .balls: BallBound.self
        case .vattention: VerifiedSampling.self
        case .magicpig: MagicPIG.self
        case .random: RandomKeys.self
        }
    }

    public var card: PolicyCard { type.card }
    /// "Quest".
    public var name: String { card.name }
}

/// The workloads, by the name that is typed and shown.
public enum WorkloadKind: String, CaseIterable, Sendable, Codable {
    /// Independent Gaussian entries: the paper's assumption.
    case gaussian
    /// A document: topics in runs, sinks, recency, drifting queries.
    case massive
    /// A real model's attention, from a safetensors file.
    case trace
    /// A language model that writes: queries, keys and values are those of one of its heads.
    case model
}

import Foundation
import HalfSpace
import Measurement
import Policies

/// A budget of T9.
struct PolicyTableBudget: Sendable {
    /// One such part of the bytes of all keys and values of the prompt.
    var part: Int
    /// Whether metadata counts.
    var chargesMetadata: Bool

    /// At equal bytes, and at equal keys as an independent study has it: r = 256, 1 024 and 4 096 of 32 768.
    static let all: [PolicyTableBudget] =
        [32, 16, 8, 4, 2].map { PolicyTableBudget(part: $0, chargesMetadata: true) }
        + [128, 32, 8].map { PolicyTableBudget(part: $0, chargesMetadata: false) }

    /// "1/8 bytes".
    var name: String { "1/\(part) \(chargesMetadata ? "bytes" : "keys")" }

    func budget(of store: KeyValueStore) -> PolicyBudget {
        PolicyBudget(
            rows: max(1, store.count / part), of: store, chargesMetadata: chargesMetadata)
    }
}

/// What one policy did at one budget over the queries of some episodes.
struct PolicyLine {
    let kind: PolicyKind
    let budget: PolicyTableBudget
    let parameters: String
    let outcomes: [PolicyOutcome]

    /// Over the queries for which it could read something.
    private var served: [PolicyOutcome] { outcomes.filter { $0.least == nil } }
    var isServed: Bool { !served.isEmpty }
    /// The bytes that it needs where it could read nothing.
    var least: Int? { outcomes.compactMap(\.least).max() }
    var error: Samples { samples(\.error) }

    func samples(_ value: (PolicyOutcome) -> Double) -> Samples { Samples(served.map(value)) }

    /// One line for each policy.
    /// - Throws: what an index or `progress` throws.
    static func all(
        _ episodes: [PolicyEpisode], _ budget: PolicyTableBudget, seed: UInt64,
        kinds: [PolicyKind] = PolicyKind.allCases,
        progress: (String) throws -> Void
    ) throws -> [PolicyLine] {
        var outcomes: [PolicyKind: [PolicyOutcome]] = [:]
        var parameters: [PolicyKind: String] = [:]
        for episode in episodes {
            let prompt = episode.store.count
            // The rows of the steps go again, so that the next budget meets the same prompt.
            defer { episode.store.truncate(to: prompt) }
            let run = try PolicyRun(
                store: episode.store, queries: episode.asked, budget: budget.budget(of: episode.store), kinds: kinds,
                seed: seed
            ) { try progress("\(episode.label), \(budget.name): \($0)") }
            for step in episode.steps {
                if let key = step.key, let value = step.value { try run.append(key: key, value: value) }
                for outcome in try run.compare(step.query).outcomes {
                    outcomes[outcome.kind, default: []].append(outcome)
                }
            }
            for kind in kinds where parameters[kind] == nil {
                parameters[kind] = run.parameters(of: kind).map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            }
        }
        return kinds.map {
            PolicyLine(kind: $0, budget: budget, parameters: parameters[$0] ?? "", outcomes: outcomes[$0] ?? [])
        }
    }
}

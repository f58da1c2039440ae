import Attention
import HalfSpace

extension LanguageDecoder {
    /// Builds the index of every head over what was read so far; what comes later they take in as they grow. Heads that share keys
    /// share their index.
    /// - Throws: `IndexCannotServe`, or `CancellationError` from `progress`.
    public func buildIndexes(
        choice: IndexChoice = .auto, threads: Int = 1, progress: @escaping BuildProgress = { _ in }
    ) throws {
        for (i, head) in heads.enumerated() {
            let count = heads.count
            if i > 0, head.shares(indexOf: heads[i - 1]) { continue }
            try head.buildIndex(choice: choice, hints: hints(of: i), threads: threads) {
                try progress((Double(i) + $0) / Double(count))
            }
        }
        settle()
    }
}

/// Why a prefill cannot be computed, in one sentence.
public struct PrefillError: Error, CustomStringConvertible {
    public let description: String
}

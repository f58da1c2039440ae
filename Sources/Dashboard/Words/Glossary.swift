/// What the words on the screen mean, a plain line each, for people who have not read the paper.
public enum Glossary {
    public struct Entry: Sendable, Equatable {
        /// As it is told.
        public let term: String
        /// As it stands on the screen, where that differs.
        public let forms: [String]
        public let meaning: String

        init(_ term: String, _ meaning: String, also forms: [String] = []) {
            (self.term, self.meaning) = (term, meaning)
            self.forms = [term] + forms
        }
    }

    public static let entries =
        story + sets + thresholds + activations + data + indexes + costs + errors + policies + others

    private static let story = [
        Entry("HSR", "half-space reporting: finds the keys that score at least b without reading the others"),
        Entry("naive", "dense attention: scores every key and reads every value, at every step"),
        Entry("query", "the vector that asks: the word that is being written", also: ["queries", "q"]),
        Entry("key", "the vector by which an earlier word is found", also: ["keys"]),
        Entry("value", "the vector that a found word contributes to the answer", also: ["values"]),
        Entry("score", "how well a key fits the query: their product, divided by √d", also: ["scores", "scored"]),
        Entry("step", "one query answered: one word written", also: ["steps", "steps/s"]),
        Entry("n", "how many keys there are: the length of the text so far"),
        Entry("d", "how many numbers a key has: the dimension in which geometry happens", also: ["dim", "dimension"]),
        Entry("half-space", "all points on one side of a plane: the keys that score at least b"),
        Entry("plane", "the boundary of the half-space: where a score is exactly b", also: ["line"]),
    ]

    private static let sets = [
        Entry("activated", "attended: keys that get a weight, however small", also: ["activated entries"]),
        Entry("entries", "pairs of a query and a key: one step has n of them"),
        Entry("reported", "keys that score at least b, as the index found them"),
        Entry("predicted", "what a formula said beforehand: of a count from the bell curve, of a time from the reads"),
        Entry("tested", "keys whose score had to be computed to decide", also: ["scored in float32", "verify"]),
        Entry("n^0.8", "the paper's budget: so many keys of n are enough for it", also: ["n^{4/5}"]),
        Entry("2n^0.8", "twice the budget: the paper's bound on what is reported"),
        Entry("kept", "keys that take part in the answer", also: ["keys kept"]),
        Entry("missed", "keys that belong to the set and were not reported: must be 0"),
        Entry("extra", "keys that were reported and do not belong to the set: must be 0"),
        Entry("same set", "the reported keys are exactly those of the definition", also: ["exact set"]),
        Entry("runs", "stretches of neighbours without a gap"),
        Entry("even attention", "what every key would get if all got the same: 1/n"),
    ]

    private static let thresholds = [
        Entry("b", "the threshold: a key that scores at least b is attended", also: ["≥ b", "score < b", "score ≥ b"]),
        Entry("offset", "moves b by so many standard deviations of the scores"),
        Entry("σ", "the standard deviation of the scores: how far they spread", also: ["sd"]),
        Entry("rule", "how b is chosen"),
        Entry("calibrated", "b stands √(0.4 ln n) standard deviations above the mean of the scores"),
        Entry("paper", "b, or an error bound, exactly as the paper has it: safe, and very loose"),
        Entry("tight", "b by the paper's proof with a sharper inequality"),
        Entry("count", "b is set so that r keys are reported"),
        Entry("manual", "b as it was given by hand"),
        Entry("learned", "b as the language model learned it for each query"),
        Entry("r", "how many keys the count rule asks for", also: ["budget"]),
        Entry("its own", "entmax finds its threshold by itself"),
    ]

    private static let activations = [
        Entry(
            "ReLU", "weight = how far a score lies above b, to the power α; 0 below",
            also: ["ReLU¹", "ReLU²", "ReLU³", "relu2"]),
        Entry("softmax", "weight = exponential of the score: never 0, so leaving keys out is an error"),
        Entry(
            "entmax", "a softmax that reaches 0: few keys have a weight, and the rest exactly none",
            also: ["1.5-entmax"]),
        Entry("α", "the power of ReLU, or how sharply entmax cuts"),
        Entry("activation", "what makes weights out of scores", also: ["act"]),
    ]

    private static let data = [
        Entry("massive", "made keys with topics and a few keys that everything attends to, as real ones have"),
        Entry("gaussian", "keys of pure noise: what the paper's theorem assumes"),
        Entry("trace", "keys and queries recorded from a real model"),
        Entry("model", "a language model that runs here and writes"),
        Entry("workload", "where keys and queries come from", also: ["load"]),
        Entry("head", "one of the parts of a model that attend by themselves", also: ["heads"]),
        Entry("layer", "one storey of a model; each has its heads", also: ["layers"]),
        Entry("context", "the text that the model can look back on"),
        Entry("token", "a piece of text that a model reads or writes at once", also: ["tokens"]),
        Entry("logit", "a model's score for a possible next letter"),
    ]

    private static let indexes = [
        Entry("index", "what is prepared over the keys so that a query need not read them all", also: ["idx"]),
        Entry("auto", "the planner chooses the index"),
        Entry("tree", "boxes in boxes over the keys; the paper's Part 1 in practice", also: ["Part 1"]),
        Entry(
            "net", "cells of query directions, each with its own small tree; the paper's Part 2 in practice",
            also: ["Part 2"]),
        Entry("boxes", "two storeys of boxes over the keys, and small codes in them"),
        Entry("quantised", "keys as numbers of a few bits, with a proven bound on what they hide", also: ["codes"]),
        Entry("prefix", "keys by their length and first numbers, read until nothing more can score b"),
        Entry("brute", "every key is scored"),
        Entry("dense", "everything is read, as naive does"),
        Entry("pruned", "dropped whole: no key of it can score b", also: ["dropped", "dropped whole", "outside"]),
        Entry(
            "whole", "taken whole: every key of it scores at least b",
            also: ["whole nodes", "inside", "in whole nodes"]),
        Entry("crossing", "cut by the plane: has to be opened", also: ["cut"]),
        Entry("node", "a box of the tree", also: ["nodes"]),
        Entry("level", "a storey of the tree, the root first", also: ["levels", "visited"]),
        Entry("planner", "chooses the index whose reads cost least on this machine"),
        Entry("block", "keys that came later, in an index of their own", also: ["blocks"]),
        Entry("merge", "blocks joined into one, beside the stream", also: ["merges", "merging", "grown"]),
        Entry("tail", "the newest keys, in no index yet: all are scored"),
        Entry("index order", "keys in the order in which the index keeps them"),
    ]

    private static let costs = [
        Entry("init", "the time to build the index, once"),
        Entry(
            "pays after", "steps after which building the index has paid: m*", also: ["m*", "break-even", "2 beats 1"]),
        Entry("warm", "measured again and again: the caches hold what is read"),
        Entry("cold", "measured after other work: memory has to be read"),
        Entry("median", "the middle one of the measured values"),
        Entry("log", "the scale goes by powers: equal steps are equal factors"),
        Entry("busy machine", "other programs take turns: times mean little", also: ["under load", "wavers", "waits"]),
        Entry("faster", "naive's time over HSR's, or the other way round as it says"),
        Entry("n^", "the power by which time grows: n^1 doubles with n, n^0.5 grows as its root", also: ["grows as"]),
        Entry("Algorithm 2", "attention for all queries of the prompt at once", also: ["prefill", "prompt"]),
        Entry("causal", "a query sees the keys before it and no later ones"),
    ]

    private static let errors = [
        Entry(
            "error", "how far an output is from dense attention in float64", also: ["actual", "true error", "exact"]),
        Entry("relative", "the error over the length of the true output"),
        Entry("‖V‖", "the largest number of all values: errors are told in it"),
        Entry("2(1−p)‖V‖", "a bound on the error: p is the share of softmax's mass that was kept", also: ["promised"]),
        Entry("certificate", "a bound on the error from the kept keys alone, known while it runs"),
        Entry("mass", "the sum of softmax's weights over some keys: 1 over all", also: ["mass in n^0.8 keys"]),
        Entry("spread", "the standard deviation of a query's scores: peaked scores spread far"),
        Entry("tilt law", "of bell-shaped scores: how much mass the largest n^0.8 hold, by their spread"),
        Entry("float64", "numbers of 64 bits: the referee's", also: ["float32"]),
    ]

    private static let policies = [
        Entry("policies", "other published ways of reading or keeping a part of the cache, in their own form"),
        Entry(
            "oracle", "keeps what would have been right, which no method can know beforehand",
            also: ["oracle's", "yardstick"]),
        Entry("recall", "what part of the attention's true keys was read"),
        Entry("evicted", "thrown away for good: no later query can read it"),
        Entry("sinks", "the first keys of a text, which nearly every query attends to", also: ["streaming"]),
        Entry("heavy hitter", "a key that earlier queries attended to most"),
        Entry("page", "a run of neighbouring keys, read as a whole or not at all", also: ["pages"]),
        Entry(
            "clusters", "keys grouped by likeness, found by the middle of the group",
            also: ["centroids"]),
        Entry("collisions", "keys that fall into the query's buckets by chance of a hash", also: ["hash"]),
        Entry(
            "SnapKV", "names of published policies; the view says what each of them reads",
            also: ["MagicPIG", "Louver", "vAttention", "vAttention's", "Quest", "StreamingLLM"]),
    ]

    private static let others = [
        Entry("cache", "the keys and values of all words so far", also: ["caches", "cell"]),
        Entry("stream", "steps one after the other, as a model that writes asks them"),
        Entry("counterparts", "what runs here in place of the paper's two structures, which nobody has built"),
        Entry("sweep", "the same measurement for ever more keys", also: ["measuring", "measured"]),
        Entry("percentile", "that share of the values lies below", also: ["deviations"]),
        Entry("method", "the way in which the prefill was answered"),
        Entry("mask", "which keys a query may see"),
        Entry("share", "what part of the whole it is"),
        Entry("ring", "new rows overwrite the oldest", also: ["scroll"]),
        Entry("sequence", "when the cache is full, a new text begins", also: ["new sequence"]),
        Entry("attends to", "the words with the largest weights"),
    ]

    /// The entries whose words stand in some lines, in the glossary's order.
    /// - Parameter lines: What is on the screen.
    static func present(in lines: [String]) -> [Entry] {
        entries.filter { entry in entry.forms.contains { form in lines.contains { $0.holds(word: form) } } }
    }
}

extension String {
    /// Whether it holds a word or several by themselves, not within others.
    func holds(word: String) -> Bool {
        func isPart(_ character: Character?) -> Bool { character?.isLetter == true || character?.isNumber == true }
        var rest = self[...]
        while let found = rest.range(of: word) {
            let before = found.lowerBound == startIndex ? nil : self[index(before: found.lowerBound)]
            let after = found.upperBound == endIndex ? nil : self[found.upperBound]
            // A sign at the word's own edge needs no space around it.
            let isOpen = !isPart(word.first) || !isPart(before)
            if isOpen, !isPart(word.last) || !isPart(after) { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }
}

import Testing

@testable import HalfSpace

/// Every index against the definition, on a fixed stretch of the cases that `halfspace verify` goes through.
@Suite struct IndexPropertyTests {
    @Test(arguments: [1, 2, 3, 4])
    func everyIndexIsExact(part: Int) throws {
        var verifier = IndexVerifier(seed: UInt64(part) * 1_000_000)
        for _ in 0..<5 { try verifier.runCase() }
        #expect(verifier.tally.served["tree"] == 5)
        #expect(verifier.tally.sets > 5 * 10)
    }

    @Test func aWrongSetIsFound() throws {
        // The index keeps the keys that it was built over; the store is changed behind its back.
        let store = KeyValueStore(dimension: 2, valueDimension: 1, capacity: 100)
        try store.append(keys: (0..<200).map { Float($0) }, values: Array(repeating: 1, count: 100))
        let index = try ReportingIndex(store: store, choice: .fixed(.tree))
        store.truncate(to: 0)
        try store.append(keys: (0..<200).map { -Float($0) }, values: Array(repeating: 1, count: 100))
        var check = IndexCheck(fuzz: FuzzCase(seed: 1), choice: .auto, index: index)
        var random = HalfSpace.SplitMix(seed: 1)
        #expect(throws: IndexVerifier.Mismatch.self) { try check.ask(20, &random) }
    }
}

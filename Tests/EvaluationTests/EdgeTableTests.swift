import Attention
import Foundation
import HalfSpace
import Testing

@testable import Evaluation

/// Tables over data at the edge of what a file can hold.
@Suite struct EdgeTableTests {
    enum Shape: String, CaseIterable {
        case oneKey, twoKeys, threeKeys, fourKeys, fiveKeys
        case zeroQueries, equalKeys, zeroKeys, equalAndZero, zeroValues, huge, tiny

        var keys: Int {
            switch self {
            case .oneKey: 1
            case .twoKeys: 2
            case .threeKeys: 3
            case .fourKeys: 4
            case .fiveKeys: 5
            default: 40
            }
        }
    }

    /// Like a trace with two heads.
    struct Source: EvaluationSource {
        let shape: Shape
        let name = "trace"
        let seed: UInt64 = 3
        let fixedDimension: Int? = 3
        let heads = [0, 1]
        let options = ["--trace", "it's here.safetensors"]
        var mostKeys: Int? { shape.keys }

        func data(n: Int, d: Int, queries: Int, head: Int, room: Int) throws -> EvaluationData {
            var dice = Dice(seed + UInt64(n * 10 + head))
            let size: Float = shape == .huge ? 1e15 : shape == .tiny ? 1e-30 : 1
            let (equal, isZero) = (dice.normals(d), shape == .zeroKeys)
            let keys = (0..<n).flatMap { _ in
                shape == .equalKeys || shape == .equalAndZero
                    ? equal : isZero ? [Float](repeating: 0, count: d) : dice.normals(d).map { $0 * size }
            }
            let store = KeyValueStore(dimension: d, valueDimension: 2, capacity: n + room)
            try store.append(
                keys: keys,
                values: shape == .zeroValues ? [Float](repeating: 0, count: 2 * n) : dice.normals(2 * n))
            let made = (0..<queries).map { i in
                shape == .zeroQueries || shape == .equalAndZero && i % 2 == 0
                    ? [Float](repeating: 0, count: d) : dice.normals(d).map { $0 * size }
            }
            return EvaluationData(label: "layer 0, head \(head)", store: store, queries: made)
        }
    }

    private static let plan = EvaluationPlan(
        dimensions: [2], lengths: [64], timedDimensions: [2], timedLengths: [64], prefillLengths: [64], length: 64,
        queries: 3)

    @Test(arguments: Shape.allCases)
    func everyTableIsMade(shape: Shape) throws {
        for name in Evaluation.names {
            let table = try #require(try Evaluation.table(name, of: Source(shape: shape), plan: Self.plan))
            #expect(!table.finding.isEmpty, "\(name), \(shape)")
            #expect(
                !table.finding.contains("nan") && table.verdict?.text.contains("nan") != true,
                "\(name), \(shape): \(table.text)")
            #expect(!table.text.contains("-inf"), "\(name), \(shape): \(table.text)")
            _ = try JSONSerialization.jsonObject(with: Data(table.json.utf8))
            let heads = try #require(table.parameters.first { $0.name == "heads" }?.value)
            #expect(heads == "0 1" || heads == "0, the first of 0 1")
        }
    }

    /// What is known beforehand: no bound fails, and where all keys are kept nothing is missed.
    @Test(arguments: Shape.allCases.filter { $0 != .huge })
    func boundsHold(shape: Shape) throws {
        let table = try #require(try Evaluation.table("T6", of: Source(shape: shape), plan: Self.plan))
        #expect(table.verdict?.kind == .holds, "\(shape): \(table.text)")
        #expect(table.rows.count == 2 * 5)
        if [.oneKey, .zeroQueries, .equalKeys, .zeroKeys].contains(shape) {
            for column in ["actual", "2(1-p)", "certificate", "relative"] {
                #expect(table.numbers(column).allSatisfy { $0 <= 1e-12 }, "\(shape), \(column): \(table.text)")
            }
        }
        // Where every key ties with b, outputs are rounding noise of the rival's; the sets are exact all the same.
        let exact = try #require(try Evaluation.table("T2", of: Source(shape: shape), plan: Self.plan))
        for column in ["missed", "extra"] {
            #expect(exact.numbers(column).allSatisfy { $0 == 0 }, "\(shape): \(exact.text)")
        }
    }

    @Test func aCommandIsQuotedForTheShell() throws {
        let table = try #require(try Evaluation.table("T11", of: Source(shape: .oneKey), plan: .quick))
        #expect(
            table.text.contains(#"halfspace evaluate --table T6 --trace 'it'\''s here.safetensors' --quick"#))
    }

    @Test func verdictsAreSentences() {
        #expect(Verdict(true, "all").text == "holds: all")
        #expect(Verdict([("d = 2", true), ("d = 4", false)], "2x").text == "holds where d = 2: 2x")
        #expect(Verdict([("d = 2", false)], "").text == "refuted")
        #expect(Verdict((0..<40).map { ("h\($0)", $0 > 0) }, "").text.hasSuffix("h12 … (39 of 40)"))
    }
}

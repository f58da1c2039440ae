import Foundation
import HalfSpace
import Testing

@testable import Evaluation

@Suite struct TableTests {
    struct Source: EvaluationSource {
        let name = "dice"
        let seed: UInt64 = 7
        let fixedDimension: Int? = nil
        let mostKeys: Int? = nil
        let heads = [0]
        let options = ["--seed", "7"]
        func data(n: Int, d: Int, queries: Int, head: Int, room: Int) throws -> EvaluationData {
            var dice = Dice(seed + UInt64(n * 1000 + d))
            let store = try dice.store(n: n, d: d)
            return EvaluationData(label: "dice", store: store, queries: (0..<queries).map { _ in dice.normals(d) })
        }
    }

    static let small = EvaluationPlan(
        dimensions: [2, 8], lengths: [256], timedDimensions: [2], timedLengths: [64, 128], prefillLengths: [64, 128],
        length: 256, queries: 6)

    @Test(arguments: Evaluation.names)
    func everyTableIsMade(name: String) throws {
        let made = try Evaluation.table(name, of: Source(), plan: Self.small)
        let table = try #require(made)
        #expect(table.name == name && !table.rows.isEmpty && !table.finding.isEmpty)
        #expect(table.text.hasPrefix(name + "  "))
        // One line says which claim and what it shows; parameters and columns follow.
        #expect(table.text.split(separator: "\n").count == 3 + (table.verdict == nil ? 0 : 1) + table.rows.count)
        #expect((table.verdict == nil) == (name == "T11"))
        #expect(!table.text.contains("nan") && !table.text.contains("-inf"), "\(table.text)")
        #expect(table.text.split(separator: "\n")[0].hasSuffix(table.finding))
        // CSV: as many fields in every line; JSON reads.
        let lines = table.csv.split(separator: "\n")
        #expect(lines.count == table.rows.count + 1)
        #expect(lines[0].contains("seed"))
        let object = try JSONSerialization.jsonObject(with: Data(table.json.utf8)) as? [String: Any]
        #expect((object?["rows"] as? [[String: Any]])?.count == table.rows.count)
        #expect((object?["parameters"] as? [String: String])?["seed"] == "7")
        switch name {
        case "T1":
            // The lemma's σ_a with one query, and with the σ_q of all of them.
            #expect(table.verdict?.kind == .holds && table.rows.count == 2 * 6)
        case "T2":
            #expect(table.verdict?.kind == .holds)
            #expect(table.numbers("missed").allSatisfy { $0 == 0 } && table.numbers("extra").allSatisfy { $0 == 0 })
            #expect(table.numbers("max |difference|").allSatisfy { $0 < 1e-4 })
        case "T6":
            let actual = table.numbers("actual")
            #expect(zip(actual, table.numbers("2(1-p)")).allSatisfy { $0 <= $1 })
            #expect(zip(table.numbers("2(1-p)"), table.numbers("tight certificate")).allSatisfy { $0 <= $1 * 1.000001 })
            #expect(
                zip(table.numbers("tight certificate"), table.numbers("certificate")).allSatisfy { $0 <= $1 * 1.000001 }
            )
            #expect(zip(actual, table.numbers("paper's bound")).allSatisfy { $0 <= $1 })
            #expect(table.finding.hasPrefix("0 of ") && table.verdict?.kind == .holds)
            // As many keys as the residual reads are more than r.
            let (equal, fewer) = (table.numbers("equal reads"), table.numbers("relative"))
            #expect(equal.reduce(0, +) <= fewer.reduce(0, +))
        case "T11":
            #expect(table.text.contains("halfspace evaluate --table T6 --seed 7"))
        case "T13":
            let counts = Dictionary(grouping: table.rows) { $0[1].number }.values.map { $0.compactMap { $0[5].number } }
            #expect(counts.allSatisfy { $0 == $0.sorted(by: >) && $0.first == 256 && $0.last == 0 })
        default: break
        }
    }

    @Test func anUnknownNameIsNoTable() throws {
        #expect(try Evaluation.table("T99", of: Source(), plan: Self.small) == nil)
    }

    @Test func aSourceOfFixedShapeIsRespected() {
        struct Fixed: EvaluationSource {
            let name = "fixed"
            let seed: UInt64 = 1
            let fixedDimension: Int? = 5
            let mostKeys: Int? = 300
            let heads = [0, 1]
            let options: [String] = []
            func data(n: Int, d: Int, queries: Int, head: Int, room: Int) throws -> EvaluationData {
                throw CancellationError()
            }
        }
        let plan = EvaluationPlan.quick.fitted(to: Fixed())
        #expect(plan.dimensions == [5] && plan.length == 300)
        #expect((plan.lengths + plan.timedLengths + plan.prefillLengths).allSatisfy { $0 >= 1 && $0 <= 300 })
    }
}

import Foundation
import Testing
import Workload

@testable import Dashboard
@testable import Simulation

/// The article on saved data names the columns that are written, view by view, in their order.
@Suite struct SavedColumnsTests {
    private static let article = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/Dashboard/Dashboard.docc/SavedData.md")

    /// Names in the first column of the table under a heading.
    private func documented(_ title: String) throws -> [String] {
        let text = try String(contentsOf: Self.article, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix(title + "\n") })
        return section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
            String($0.dropFirst(3).prefix { $0 != "`" })
        }
    }

    @Test(arguments: ViewKind.allCases) func theColumnsOfEveryViewAreDocumented(_ view: ViewKind) throws {
        var snapshot = try Fixture.framed()
        if view == .text {
            snapshot.history.removeAll()
            var step = StepRecord()
            step.text = TextRecord()
            snapshot.history.append(step)
        }
        let columns = view.table(snapshot).columns
        #expect(!columns.isEmpty)
        #expect(try documented(view.title) == columns)
    }

    @Test func theColumnsOfALayerAreDocumented() throws {
        var snapshot = Snapshot()
        snapshot.settings.request.shape = try LayerShape(heads: 4, keyHeads: 2)
        var step = StepRecord()
        let one = try #require(SavedTable.steps(snapshot).columns.last)
        step.layer = LayerRecord(shape: try LayerShape(heads: 4, keyHeads: 2), shown: 0, threads: 2)
        snapshot.history.append(step)
        let columns = SavedTable.steps(snapshot).columns
        let first = try #require(columns.firstIndex(of: one)) + 1
        #expect(try documented("All heads") == Array(columns[first...]))
        snapshot.layers = [.init(number: 0, heads: 4)]
        #expect(ViewKind.heads.table(snapshot).columns == ["layer", "head", "share", "faster"])
    }

    @Test func ofAModelsHeadsTheKeysReportedAreSaved() throws {
        var snapshot = Snapshot()
        snapshot.settings.workload = .model
        snapshot.layers = [.init(number: 1, heads: 2)]
        let columns = ViewKind.heads.table(snapshot).columns
        let text = try String(contentsOf: Self.article, encoding: .utf8)
        let chapter = text.components(separatedBy: "\n## \(ViewKind.heads.view.title)\n").last ?? ""
        let sentence = chapter.components(separatedBy: "| column").first ?? ""
        let named = sentence.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        #expect(named == columns)
    }
}

import Foundation
import Testing

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

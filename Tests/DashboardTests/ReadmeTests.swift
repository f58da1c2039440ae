import Foundation
import Testing

@testable import Dashboard

@Suite struct ReadmeTests {
    @Test func theKeysOfTheReadmeAreThoseOfTheTable() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        #expect(
            readme.contains(BindingTable.standard.markdown),
            "the table of keys in README.md is old: replace it by what `halfspace keys` prints")
    }
}

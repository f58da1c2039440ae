import Foundation
import Simulation
import TemporaryFiles
import Testing

@testable import Dashboard

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct SaveTests {
    private let folder = temporaryFile("save")

    @Test(arguments: ViewKind.allCases) func everyViewSavesThreeFilesAndOverwritesNone(_ view: ViewKind) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var state = Fixture.state(100, 30, Fixture.snapshot(steps: 12, n: 2048))
        state.view = view
        let picture = Fixture.picture(state)
        let saver = Saver(folder: folder)
        let first = try saver.save(state, picture: picture)
        let second = try saver.save(state, picture: picture)
        #expect(first == "\(view)-step-12")
        #expect(second == "\(view)-step-12-2")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 6)

        let json = try Data(contentsOf: folder.appendingPathComponent(first + ".json"))
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(object["seed"] as? Int == 1)
        #expect(object["step"] as? Int == 12)
        let rows = try #require(object["rows"] as? [[Any]])
        let columns = try #require(object["columns"] as? [String])
        #expect(rows.allSatisfy { $0.count == columns.count })
        let csv = try String(contentsOf: folder.appendingPathComponent(first + ".csv"), encoding: .utf8)
        let lines = csv.split(separator: "\n")
        #expect(lines.count == rows.count + 1)
        #expect(lines.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == columns.count })
        #expect(view != .race || rows.count == 12)

        let svg = folder.appendingPathComponent(first + ".svg")
        #expect(XMLParser(data: try Data(contentsOf: svg)).parse())
        #expect(try String(contentsOf: svg, encoding: .utf8).contains(view.title))
    }

    @Test func whatCannotBeWrittenIsSaidAndLeavesNothing() throws {
        let file = folder.appendingPathExtension("txt")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let state = Fixture.state(80, 24)
        #expect(throws: (any Error).self) {
            try Saver(folder: file.appendingPathComponent("in a file")).save(state, picture: Fixture.picture(state))
        }
    }
}

import Foundation
import Screen
import Simulation
import Testing

@testable import Dashboard

/// Compares what is drawn with the picture of that name in `Pictures`; with HALFSPACE_RECORD=1 it writes the picture
/// instead: look at the difference before you commit it.
func expectPicture(_ buffer: Buffer, _ name: String, _ location: SourceLocation = #_sourceLocation) {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Pictures")
    let file = folder.appendingPathComponent("\(name)-\(buffer.width)x\(buffer.height).txt")
    if ProcessInfo.processInfo.environment["HALFSPACE_RECORD"] == "1" {
        do {
            try Data((buffer.plainText + "\n").utf8).write(to: file)
        } catch {
            Issue.record("cannot write \(file.path): \(error)", sourceLocation: location)
        }
        return
    }
    guard let data = FileManager.default.contents(atPath: file.path) else {
        Issue.record("there is no picture \(file.lastPathComponent): record it", sourceLocation: location)
        return
    }
    let expected = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        .dropLast().map(String.init)
    for (row, (drawn, wanted)) in zip(buffer.plainLines, expected).enumerated() where drawn != wanted {
        Issue.record("\(name), row \(row):\n\(drawn)\nis drawn and not\n\(wanted)", sourceLocation: location)
        return
    }
    #expect(buffer.plainLines.count == expected.count, sourceLocation: location)
}

extension Fixture {
    /// A whole view on a screen of a size, without the header, the parameters and the footer.
    static func picture(of view: ViewKind, _ width: Int, _ height: Int, _ snapshot: Snapshot) -> Buffer {
        var state = Self.state(width, height, snapshot)
        _ = update(&state, .show(view))
        let screen = picture(state)
        let area = ScreenAreas(width: width, height: height).view
        var buffer = Buffer(width: area.width, height: area.height)
        for y in 0..<area.height {
            for x in 0..<area.width { buffer[x, y] = screen[area.x + x, area.y + y] }
        }
        return buffer
    }
}

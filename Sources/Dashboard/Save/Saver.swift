import Foundation
import Screen
import Simulation

/// Writes what is seen as SVG, and the data behind it as CSV and JSON; nothing is overwritten.
public struct Saver: Sendable {
    /// Made when the first file is written.
    public var folder: URL

    public init(folder: URL) {
        self.folder = folder
    }

    /// `halfspace-saved` in the folder that the program was started in.
    public static var standard: Saver {
        Saver(
            folder: URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
                .appendingPathComponent("halfspace-saved"))
    }

    /// Writes three files of one name, which it returns without its endings.
    /// - Throws: what the file system says; no half-written file is left.
    public func save(_ state: DashboardState, picture: Buffer) throws -> String {
        let files = FileManager.default
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        let name = freeName(for: state)
        let table = state.view.table(state.shown)
        let title = "Halfspace: \(state.view.title), step \(state.shown.step)"
        let documents = [
            (
                "svg",
                SVGPicture(
                    picture, title: title, foreground: state.theme[.text], background: state.theme[.background]
                ).document
            ),
            ("csv", table.csv), ("json", try table.json(view: state.view, snapshot: state.shown)),
        ]
        var written: [URL] = []
        do {
            for (ending, text) in documents {
                let file = folder.appendingPathComponent("\(name).\(ending)")
                written.append(file)
                try Data(text.utf8).write(to: file, options: .withoutOverwriting)
            }
        } catch {
            // A file that was there before is somebody else's.
            if (error as? CocoaError)?.code == .fileWriteFileExists { written.removeLast() }
            for file in written { try? files.removeItem(at: file) }
            throw error
        }
        return name
    }

    /// "race-step-1284", with a number after it where there is one already.
    private func freeName(for state: DashboardState) -> String {
        let base = "\(state.view)-step-\(state.shown.step)"
        func isTaken(_ name: String) -> Bool {
            ["svg", "csv", "json", "safetensors"].contains {
                FileManager.default.fileExists(atPath: folder.appendingPathComponent("\(name).\($0)").path)
            }
        }
        var name = base
        var number = 2
        while isTaken(name) {
            name = "\(base)-\(number)"
            number += 1
        }
        return name
    }
}

import Foundation

/// Reads a demo again when its file is saved; a broken edit is told and the last good one plays on.
public final class DemoWatcher: ActionSource {
    private let file: URL
    private let library: DemoLibrary
    private let prepare: (Demo) -> Demo
    private let report: (DemoError) -> Action?
    private var stamp: Stamp?
    private var lastLook = -Double.infinity

    private struct Stamp: Equatable {
        var date: Date?
        var size: Int?
    }

    /// Seconds between looks.
    private static let interval = 0.4

    /// - Parameters:
    ///   - prepare: What is done to every demo that is read, such as another seed.
    ///   - report: What a broken edit makes the screen do.
    public init(
        file: URL, library: DemoLibrary, prepare: @escaping (Demo) -> Demo, report: @escaping (DemoError) -> Action?
    ) {
        (self.file, self.library, self.prepare, self.report) = (file, library, prepare, report)
        stamp = look()
    }

    public func actions(at now: Double) -> [Action] {
        guard now >= lastLook + Self.interval else { return [] }
        lastLook = now
        let seen = look()
        // A file that is being replaced is gone for a moment.
        guard seen.date != nil, seen != stamp else { return [] }
        stamp = seen
        do {
            return [.demo(.reloaded(prepare(try library.load(file, path: file.lastPathComponent))))]
        } catch {
            return report(error).map { [$0] } ?? []
        }
    }

    private func look() -> Stamp {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        return Stamp(date: attributes?[.modificationDate] as? Date, size: attributes?[.size] as? Int)
    }
}

import Foundation

/// Reads a demo again when its file, or that of a demo that it includes, is saved; a broken edit is told and the last
/// good one plays on.
public final class DemoWatcher: ActionSource {
    private let file: URL
    private let library: DemoLibrary
    private let prepare: (Demo) -> Demo
    private let report: (DemoError) -> Action?
    private var stamps: [URL: FileStamp]
    private var lastLook = -Double.infinity

    /// Seconds between looks.
    private static let interval = 0.4

    /// - Parameters:
    ///   - file: The demo.
    ///   - sources: What the demo was read from.
    ///   - library: Where the demos lie that it includes.
    ///   - prepare: What is done to every demo that is read, such as another seed.
    ///   - report: What a broken edit makes the screen do.
    public init(
        file: URL, sources: [URL], library: DemoLibrary, prepare: @escaping (Demo) -> Demo,
        report: @escaping (DemoError) -> Action?
    ) {
        (self.file, self.library, self.prepare, self.report) = (file, library, prepare, report)
        stamps = Self.look(at: [file] + sources)
    }

    public func actions(at now: Double) -> [Action] {
        guard now >= lastLook + Self.interval else { return [] }
        lastLook = now
        // A file that is being replaced is gone for a moment: what it was before still counts.
        let seen = stamps.merging(Self.look(at: Array(stamps.keys))) { $1 }
        guard seen != stamps else { return [] }
        stamps = seen
        do {
            let demo = try library.load(file, path: file.lastPathComponent)
            // It may include others now.
            for (source, stamp) in Self.look(at: demo.sources) where stamps[source] == nil { stamps[source] = stamp }
            return [.demo(.reloaded(prepare(demo)))]
        } catch {
            return report(error).map { [$0] } ?? []
        }
    }

    private static func look(at files: [URL]) -> [URL: FileStamp] {
        var stamps: [URL: FileStamp] = [:]
        for file in files { stamps[file] = FileStamp(file.path) }
        return stamps
    }
}

import Foundation
import PlainText
import Screen

/// A recording that grows as the pictures come; what is written plays even if the run ends early.
public final class CastFile {
    /// Why it stopped growing; what was written before still plays.
    public private(set) var failure: CannotWrite?

    private let handle: FileHandle
    private let path: String
    private var cast: Asciicast?
    private let title: String
    private let theme: Theme
    private var last = 0.0

    /// Replaces what stands at `path`.
    /// - Throws: ``CannotWrite``.
    public init(path: String, title: String, theme: Theme) throws(CannotWrite) {
        guard let handle = OutputFile.open(path) else { throw CannotWrite(path: path) }
        (self.handle, self.path, self.title, self.theme) = (handle, path, title.plain(), theme)
    }

    /// Adds a picture; the first one gives the recording its size.
    func add(_ buffer: Buffer, at seconds: Double) {
        guard failure == nil else { return }
        if cast == nil {
            let cast = Asciicast(
                width: buffer.width, height: buffer.height, title: title, foreground: theme[.text],
                background: theme[.background])
            write(cast.opening)
            self.cast = cast
        }
        last = max(last, seconds)
        if let event = cast?.frame(buffer, at: last) { write(event) }
    }

    /// Adds a marker that players list.
    func mark(_ label: String, at seconds: Double) {
        guard failure == nil else { return }
        last = max(last, seconds)
        if let event = cast?.marker(label.plain(), at: last) { write(event) }
    }

    /// A line that found no room is taken back, so that the lines before it play.
    private func write(_ text: String) {
        let end = (try? handle.offset()) ?? 0
        do {
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            failure = CannotWrite(path: path)
            try? handle.truncate(atOffset: end)
        }
    }
}

/// Tells once that a recording has stopped growing.
public final class RecordingWatch: ActionSource {
    private let file: CastFile
    private let report: (CannotWrite) -> Action?
    private var isTold = false

    /// - Parameters:
    ///   - file: The recording that is looked after.
    ///   - report: What a failure makes the screen do.
    public init(_ file: CastFile, report: @escaping (CannotWrite) -> Action?) {
        (self.file, self.report) = (file, report)
    }

    public func actions(at _: Double) -> [Action] {
        guard !isTold, let failure = file.failure else { return [] }
        isTold = true
        return report(failure).map { [$0] } ?? []
    }
}

/// A file that cannot be made or written.
public struct CannotWrite: Error, Equatable, CustomStringConvertible {
    public let path: String

    public init(path: String) { self.path = path }

    public var description: String {
        "\(path) cannot be written; check that its folder exists and is writable, and that the disk is not full"
    }
}

import Foundation
import Screen

/// A recording that grows as the pictures come; what is written plays even if the run ends early.
public final class CastFile {
    private let handle: FileHandle
    private var cast: Asciicast?
    private let title: String
    private let theme: Theme
    private var last = 0.0

    /// Replaces what stands at `path`.
    /// - Throws: ``CannotWrite``.
    public init(path: String, title: String, theme: Theme) throws(CannotWrite) {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw CannotWrite(path: path) }
        (self.handle, self.title, self.theme) = (handle, title, theme)
    }

    /// Adds a picture; the first one gives the recording its size.
    func add(_ buffer: Buffer, at seconds: Double) {
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
        last = max(last, seconds)
        if let event = cast?.marker(label, at: last) { write(event) }
    }

    private func write(_ text: String) { try? handle.write(contentsOf: Data(text.utf8)) }
}

/// A file that cannot be made.
public struct CannotWrite: Error, Equatable, CustomStringConvertible {
    public let path: String

    public init(path: String) { self.path = path }

    public var description: String { "\(path) cannot be written; check that its folder exists and is writable" }
}

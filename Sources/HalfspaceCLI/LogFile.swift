import Dashboard
import Foundation
import Logging
import PlainText

/// A log on request: one line an event, appended to a file, since the terminal is the screen's.
struct LogFile: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let handle: FileHandle

    /// A logger that writes to `path`, or nowhere if there is none.
    static func logger(path: String?) throws -> Logger {
        guard let path else { return Logger(label: "halfspace") { _ in SwiftLogNoOpLogHandler() } }
        guard let handle = OutputFile.open(path, appending: true) else { throw OutputFailure(path: path) }
        return Logger(label: "halfspace") { _ in LogFile(handle: handle) }
    }

    private init(handle: FileHandle) { self.handle = handle }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Date().formatted(.iso8601)
        try? handle.write(contentsOf: Data("\(time) \(event.level) \(event.message.description.plain(2000))\n".utf8))
    }
}

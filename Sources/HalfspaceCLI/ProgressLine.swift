import Foundation
import Measurement

/// One line on standard error that says how far long work is; nothing where standard error is not a terminal.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) != 0

    func show(_ stage: String, _ fraction: Double) {
        write("\r\(stage) \(Int(held: 100 * fraction)) %\u{1B}[K")
    }

    func clear() { write("\r\u{1B}[K") }

    private func write(_ text: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data(text.utf8))
    }
}

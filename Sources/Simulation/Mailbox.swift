import Foundation

/// Commands on their way to the engine: any thread puts, the engine's thread takes, in order.
final class Mailbox: @unchecked Sendable {
    private let condition = NSCondition()
    private var commands: [Command] = []
    private var isWoken = false

    func put(_ command: Command) {
        condition.lock()
        commands.append(command)
        condition.signal()
        condition.unlock()
    }

    /// Whether something waits; a stale answer only costs one more look.
    var isEmpty: Bool {
        condition.lock()
        defer { condition.unlock() }
        return commands.isEmpty
    }

    /// Takes all that wait; blocks until there is something or `deadline` (nil: for ever) has passed.
    func take(until deadline: Date?) -> [Command] {
        condition.lock()
        defer { condition.unlock() }
        while commands.isEmpty && !isWoken {
            guard let deadline else {
                condition.wait()
                continue
            }
            guard condition.wait(until: deadline) else { break }
        }
        defer {
            commands = []
            isWoken = false
        }
        return commands
    }

    /// Wakes a waiting engine without a command.
    func wake() {
        condition.lock()
        isWoken = true
        condition.signal()
        condition.unlock()
    }
}

import Foundation

/// The memory that this process can have.
public enum MachineMemory {
    /// Bytes that can be had now without swapping and without being stopped: what the machine has, what the group of
    /// processes that this one is in may still take, and what its own limit (`ulimit -v`) leaves.
    public static var available: Int {
        max(0, min(onTheMachine, MemoryLimits.leftInGroup() ?? .max, MemoryLimits.leftOfAddresses() ?? .max))
    }

    /// Bytes that may be planned with: three quarters of what is available, since plans are reckoned roughly.
    public static var room: Int { room(of: available) }

    /// The same of so many bytes that are available.
    public static func room(of available: Int) -> Int { available / 4 * 3 }

    /// `MemAvailable` on Linux, half of what is built in elsewhere.
    private static var onTheMachine: Int {
        if let lines = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8).split(separator: "\n"),
            let line = lines.first(where: { $0.hasPrefix("MemAvailable:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        {
            return kilobytes * 1024
        }
        return Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
    }
}

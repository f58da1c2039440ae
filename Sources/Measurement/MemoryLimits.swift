import Foundation

/// What a process may take of the memory that the machine has.
enum MemoryLimits {
    /// Bytes that the control groups of this process leave it, the tightest of them; nil where none is limited.
    ///
    /// - Parameter root: The folder that stands for `/`, for tests.
    static func leftInGroup(root: String = "") -> Int? {
        guard let table = text(root + "/proc/self/cgroup") else { return nil }
        var left: [Int] = []
        for line in table.split(separator: "\n") {
            // "0::/a/b" of version 2, "4:memory:/a/b" of version 1.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let isUnified = parts[0] == "0" && parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
            let base = root + "/sys/fs/cgroup" + (isUnified ? "" : "/memory")
            let names =
                isUnified ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
            // A group above limits those below; inside a container the group's own path may not be seen.
            var path = parts[2].split(separator: "/")
            while true {
                let folder = path.isEmpty ? base : base + "/" + path.joined(separator: "/")
                if let bytes = self.left(folder, names) { left.append(bytes) }
                guard !path.isEmpty else { break }
                path.removeLast()
            }
        }
        return left.min()
    }

    private static func left(_ folder: String, _ names: (limit: String, used: String)) -> Int? {
        // "max", or the largest number that there is, where there is no limit.
        guard let limit = number(folder + "/" + names.limit), limit < 1 << 60 else { return nil }
        // Files that are kept in memory go when it is wanted.
        let used = (number(folder + "/" + names.used) ?? 0) - kept(folder)
        return max(0, limit - max(0, used))
    }

    private static func kept(_ folder: String) -> Int {
        for line in (text(folder + "/memory.stat") ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "inactive_file" || words[0] == "total_inactive_file" {
                return Int(words[1]) ?? 0
            }
        }
        return 0
    }

    private static func number(_ path: String) -> Int? {
        text(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    /// Bytes of addresses that `ulimit -v` leaves, and of data that `ulimit -d` does; nil where there is no limit.
    static func leftOfAddresses() -> Int? {
        #if os(Linux)
            var left: [Int] = []
            let pages = (text("/proc/self/statm") ?? "").split(separator: " ").compactMap { Int($0) }
            let page = Int(sysconf(Int32(_SC_PAGESIZE)))
            for (limit, used) in [(RLIMIT_AS, pages.first), (RLIMIT_DATA, pages.count > 5 ? pages[5] : nil)] {
                var value = rlimit()
                guard getrlimit(__rlimit_resource_t(limit.rawValue), &value) == 0, value.rlim_cur < 1 << 60, let used
                else { continue }
                left.append(max(0, Int(value.rlim_cur) - used * page))
            }
            return left.min()
        #else
            return nil
        #endif
    }
}

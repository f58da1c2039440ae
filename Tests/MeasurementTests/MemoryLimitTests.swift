import Foundation
import TemporaryFiles
import Testing

@testable import Measurement

/// The files of control groups as Linux lays them out, in a folder that stands for the root.
@Suite final class MemoryLimitTests {
    private let root = temporaryFile("groups")

    deinit { try? FileManager.default.removeItem(at: root) }

    private func write(_ path: String, _ text: String) throws {
        let file = root.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    private var left: Int? { MemoryLimits.leftInGroup(root: root.path) }

    @Test func theSecondVersion() throws {
        #expect(left == nil)
        try write("proc/self/cgroup", "0::/user/app\n")
        try write("sys/fs/cgroup/user/app/memory.max", "max\n")
        #expect(left == nil)
        try write("sys/fs/cgroup/user/app/memory.max", "300000000\n")
        try write("sys/fs/cgroup/user/app/memory.current", "120000000\n")
        try write("sys/fs/cgroup/user/app/memory.stat", "anon 5\ninactive_file 20000000\n")
        #expect(left == 200_000_000)
        // The group above is tighter.
        try write("sys/fs/cgroup/user/memory.max", "150000000\n")
        try write("sys/fs/cgroup/user/memory.current", "149000000\n")
        #expect(left == 1_000_000)
        try write("sys/fs/cgroup/user/memory.current", "160000000\n")
        #expect(left == 0)
    }

    @Test func theFirstVersionAndAContainer() throws {
        // Inside a container the path is the host's, and the limit stands at the top.
        try write("proc/self/cgroup", "12:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n1:name=systemd:/docker/x\n")
        try write("sys/fs/cgroup/memory/memory.limit_in_bytes", "314572800\n")
        try write("sys/fs/cgroup/memory/memory.usage_in_bytes", "14572800\n")
        #expect(left == 300_000_000)
        try write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
        #expect(left == nil)
        try write("proc/self/cgroup", "nonsense\n::::\n")
        #expect(left == nil)
    }

    @Test func thisProcess() {
        #expect(MachineMemory.available > 0)
    }
}

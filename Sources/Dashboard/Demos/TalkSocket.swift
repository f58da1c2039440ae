import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A Unix socket in the person's own runtime folder, over which a talk tells its speaker's screen where it stands.
enum TalkSocket {
    /// Where the socket of a demo stands.
    /// - Parameter demo: Its name.
    /// - Throws: ``SpeakerUnavailable`` where the folder is missing, or others could look into it.
    static func path(of demo: String) throws(SpeakerUnavailable) -> String {
        guard let folder = ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"], !folder.isEmpty else {
            throw SpeakerUnavailable(
                description: "XDG_RUNTIME_DIR is not set, so there is no folder that is yours alone; set it to one, "
                    + "in both terminals")
        }
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw SpeakerUnavailable(description: "XDG_RUNTIME_DIR is \(folder), and there is no such folder")
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw SpeakerUnavailable(
                description:
                    "XDG_RUNTIME_DIR is \(folder), which others can look into; it must be yours alone (chmod 700)")
        }
        let path = folder + "/halfspace-demo-\(demo.filter { $0.isLetter || $0.isNumber || $0 == "-" }.prefix(40)).sock"
        guard path.utf8.count < capacity else {
            throw SpeakerUnavailable(description: "XDG_RUNTIME_DIR is too long a path for a socket: \(folder)")
        }
        return path
    }

    /// Bytes of a socket's path, its end included.
    private static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// A socket that does not make its caller wait; nil where the system has none to give.
    static func open() -> Int32? {
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    /// Binds or connects to a path.
    static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            // One byte stays 0: the path's end.
            for (i, byte) in path.utf8.prefix(room.count - 1).enumerated() { room[i] = byte }
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// Sends without a signal where nobody listens any more.
    static func send(_ data: Data, to descriptor: Int32) -> Int {
        data.withUnsafeBytes { bytes in
            #if canImport(Darwin)
                Foundation.send(descriptor, bytes.baseAddress, bytes.count, 0)
            #else
                Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            #endif
        }
    }
}

/// Why a talk and its speaker's screen cannot meet, as a sentence.
public struct SpeakerUnavailable: Error, Equatable, CustomStringConvertible {
    public let description: String
}

import Foundation

/// Reads the files that people write.
enum TextFile {
    /// Why a file gave no text, as the end of a sentence that begins with its path.
    enum Failure: Error {
        case cannotBeRead, isNotUTF8, isTooLarge

        var sentence: String {
            switch self {
            case .cannotBeRead: "cannot be read; check that it exists, is a file and is yours to read."
            case .isNotUTF8: "is no text in UTF-8; save it as one."
            case .isTooLarge: "is larger than 1 MiB; a theme or demo is a short text."
            }
        }
    }

    /// The most bytes that are read.
    static let largest = 1 << 20

    /// The whole text of a file.
    static func text(of file: URL) throws(Failure) -> String {
        // A pipe that nobody writes into must not hold the program up while it is opened.
        let descriptor = open(file.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotBeRead }
        _ = fcntl(descriptor, F_SETFL, 0)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? handle.read(upToCount: largest + 1) ?? Data() else { throw .cannotBeRead }
        guard data.count <= largest else { throw .isTooLarge }
        guard let text = String(data: data, encoding: .utf8) else { throw .isNotUTF8 }
        return text
    }
}

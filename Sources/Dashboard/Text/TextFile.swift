import Foundation

/// Reads the files that people write.
enum TextFile {
    /// Why a file gave no text, as the end of a sentence that begins with its path.
    enum Failure: Error {
        case cannotBeRead, isNotUTF8

        var sentence: String {
            switch self {
            case .cannotBeRead: "cannot be read; check that it exists, is a file and is yours to read."
            case .isNotUTF8: "is no text in UTF-8; save it as one."
            }
        }
    }

    /// The whole text of a file.
    static func text(of file: URL) throws(Failure) -> String {
        guard let data = try? Data(contentsOf: file) else { throw .cannotBeRead }
        guard let text = String(data: data, encoding: .utf8) else { throw .isNotUTF8 }
        return text
    }
}

import Foundation

extension Error {
    /// Why the system did not do something, in a few words, without the numbers and domains of a library.
    public var systemReason: String {
        let error = self as NSError
        let beneath = error.userInfo[NSUnderlyingErrorKey] as? NSError
        for error in [beneath, error] {
            if let error, error.domain == NSPOSIXErrorDomain {
                return words(ofNumber: Int32(truncatingIfNeeded: error.code))
            }
        }
        switch (self as? CocoaError)?.code {
        case .fileWriteOutOfSpace: return words(ofNumber: ENOSPC)
        case .fileWriteNoPermission, .fileReadNoPermission: return words(ofNumber: EACCES)
        case .fileNoSuchFile, .fileReadNoSuchFile: return words(ofNumber: ENOENT)
        case .fileWriteFileExists: return words(ofNumber: EEXIST)
        case .fileWriteVolumeReadOnly: return words(ofNumber: EROFS)
        case .fileWriteInvalidFileName, .fileReadInvalidFileName: return words(ofNumber: ENAMETOOLONG)
        default: return "it gives no reason"
        }
    }

    /// "no space left on device".
    private func words(ofNumber number: Int32) -> String {
        let text = String(cString: strerror(number))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}

import Attention
import HalfSpace

/// A place in a context to come back to.
public protocol DecoderMark: AnyObject {
    /// Bytes that were read by then.
    var length: Int { get }
}

/// All of a byte decoder that is not kept by position.
final class ByteMark: DecoderMark {
    let length: Int
    fileprivate let windows: [LocalWindow?]
    fileprivate let nextKeys: [[Float]]
    fileprivate let statistics: [KeyStatistics]

    fileprivate init(_ decoder: ByteDecoder) {
        length = decoder.bytes.count
        windows = decoder.windows.enumerated().map { layer, window in
            window.map {
                let copy = decoder.makeWindow(layer)
                copy.copy(from: $0)
                return copy
            }
        }
        nextKeys = decoder.nextKeys
        statistics = decoder.heads.map(\.statistics)
    }
}

extension ByteDecoder {
    /// The present place; a few hundred kilobytes.
    public func mark() -> any DecoderMark { ByteMark(self) }

    /// Forgets what was read after a mark of this decoder.
    public func rewind(to mark: any DecoderMark) {
        guard let mark = mark as? ByteMark, mark.length <= bytes.count else { return }
        for (window, kept) in zip(windows, mark.windows) {
            if let window, let kept { window.copy(from: kept) }
        }
        nextKeys = mark.nextKeys
        for (head, statistics) in zip(heads, mark.statistics) {
            head.truncate(to: mark.length, statistics: statistics)
        }
        keep(mark.length)
    }
}

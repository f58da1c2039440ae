import CNcurses
import Screen

extension Terminal {
    /// The glyphs that ncurses believes to stand on the screen, read back cell by cell.
    ///
    /// - Complexity: O(width · height).
    public func readBack() -> Buffer {
        var buffer = Buffer(width: size.width, height: size.height)
        for y in 0..<size.height {
            var line = ""
            for x in 0..<size.width where hs_is_continuation(hs_curscr(), Int32(y), Int32(x)) == 0 {
                line += text(x, y) ?? " "
            }
            buffer.put(line, x: 0, y: y, style: .plain)
        }
        return buffer
    }

    /// Attributes of the cell, and the numbers of its colours at the depth in use, -1 for the default.
    func styleBack(_ x: Int, _ y: Int) -> (attributes: Style.Attributes, foreground: Int, background: Int)? {
        var characters = [wchar_t](repeating: 0, count: Int(CCHARW_MAX) + 1)
        var attributes: attr_t = 0
        var pair: Int32 = 0
        guard hs_read(hs_curscr(), Int32(y), Int32(x), &characters, &attributes, &pair) == 1 else { return nil }
        var found: Style.Attributes = []
        if attributes & hs_bold() != 0 { found.insert(.bold) }
        if attributes & hs_dim() != 0 { found.insert(.dim) }
        if attributes & hs_reverse() != 0 { found.insert(.reverse) }
        if attributes & hs_underline() != 0 { found.insert(.underline) }
        var (foreground, background): (Int32, Int32) = (-1, -1)
        if pair != 0 && extended_pair_content(pair, &foreground, &background) != OK { return nil }
        return (found, Int(foreground), Int(background))
    }

    private func text(_ x: Int, _ y: Int) -> String? {
        var characters = [wchar_t](repeating: 0, count: Int(CCHARW_MAX) + 1)
        var attributes: attr_t = 0
        var pair: Int32 = 0
        guard hs_read(hs_curscr(), Int32(y), Int32(x), &characters, &attributes, &pair) == 1 else { return nil }
        var text = ""
        for character in characters.prefix(while: { $0 != 0 }) {
            if let scalar = Unicode.Scalar(UInt32(bitPattern: character)) { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

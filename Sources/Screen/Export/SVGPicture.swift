/// A buffer as an SVG document: every cell's text and colours, for slides and for print.
///
/// Lines, blocks, shades and braille are drawn as shapes, so that they join without gaps in any font; all else is text
/// in a monospaced font, held to its columns.
public struct SVGPicture: Sendable {
    /// The size of a cell, in user units: whole numbers, so that shapes fall on the grid.
    public static let cell = (width: 10, height: 20)

    let buffer: Buffer
    let title: String
    let foreground: Colour
    let background: Colour

    /// - Parameters:
    ///   - title: What the picture shows, for those who cannot see it.
    ///   - foreground: What stands for the terminal's own colour of text.
    ///   - background: What stands for the terminal's own ground, and what fills the margin.
    public init(
        _ buffer: Buffer, title: String = "", foreground: Colour = Colour(0xE4E8F1),
        background: Colour = Colour(0x0D1017)
    ) {
        self.buffer = buffer
        self.title = title
        self.foreground = foreground
        self.background = background
    }

    private static let margin = 10
    private static let fontSize = "16.6"
    private static let fonts =
        "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', 'Noto Sans Mono', 'Courier New', monospace"

    /// The whole document, UTF-8 XML.
    ///
    /// - Complexity: O(cells).
    public var document: String {
        let (width, height) = (buffer.width * Self.cell.width, buffer.height * Self.cell.height)
        let (wide, tall) = (width + 2 * Self.margin, height + 2 * Self.margin)
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(wide) \(tall)\" width=\"\(wide)\" height=\"\(tall)\" role=\"img\">",
        ]
        if !title.isEmpty { lines.append("<title>\(Self.escaped(title))</title>") }
        lines.append("<rect width=\"\(wide)\" height=\"\(tall)\" fill=\"\(background.hex)\"/>")
        lines.append("<g transform=\"translate(\(Self.margin) \(Self.margin))\">")
        var shapes = SVGShapes()
        var texts: [String] = []
        for y in 0..<buffer.height {
            fillGround(of: y, into: &shapes)
            draw(row: y, into: &shapes, &texts)
        }
        lines += shapes.elements
        lines.append("<g font-family=\"\(Self.fonts)\" font-size=\"\(Self.fontSize)\">")
        lines += texts
        lines += ["</g>", "</g>", "</svg>", ""]
        return lines.joined(separator: "\n")
    }

    /// The colours of a cell as they are seen.
    private func colours(_ style: Style) -> (ink: Colour, ground: Colour) {
        var ink = style.foreground.isDefault ? foreground : style.foreground
        var ground = style.background.isDefault ? background : style.background
        if style.attributes.contains(.reverse) { swap(&ink, &ground) }
        if style.attributes.contains(.dim) { ink = ink.mixed(with: ground, 0.4) }
        return (ink, ground)
    }

    /// Neighbours on one ground are one rectangle; the picture's own ground is there already.
    private func fillGround(of y: Int, into shapes: inout SVGShapes) {
        var x = 0
        while x < buffer.width {
            let ground = colours(buffer[x, y].style).ground
            var end = x + 1
            while end < buffer.width, colours(buffer[end, y].style).ground == ground { end += 1 }
            if ground != background {
                shapes.ground(
                    x: x * Self.cell.width, y: y * Self.cell.height, width: (end - x) * Self.cell.width,
                    height: Self.cell.height, ground)
            }
            x = end
        }
    }

    private func draw(row y: Int, into shapes: inout SVGShapes, _ texts: inout [String]) {
        var x = 0
        while x < buffer.width {
            let cell = buffer[x, y]
            let ink = colours(cell.style).ink
            if cell.glyph == .space && !cell.style.attributes.contains(.underline) || cell.glyph.isContinuation {
                x += 1
            } else if shapes.draw(cell.glyph, column: x, row: y, ink, ground: colours(cell.style).ground) {
                x += 1
            } else {
                let end = endOfRun(from: x, y)
                texts.append(text(from: x, to: end, y, ink))
                x = end
            }
        }
    }

    /// A run of plain letters in one style; anything that a font may draw wider stands by itself.
    private func endOfRun(from x: Int, _ y: Int) -> Int {
        let style = buffer[x, y].style
        func joins(_ cell: Cell) -> Bool { cell.style == style && (0x20..<0x7F).contains(cell.glyph.base) }
        guard joins(buffer[x, y]) else { return x + max(1, buffer[x, y].glyph.width) }
        let isUnderlined = style.attributes.contains(.underline)
        var end = x + 1
        while end < buffer.width, joins(buffer[end, y]) {
            // Two blanks end it: what follows stands in its own column.
            if !isUnderlined, buffer[end, y].glyph == .space, buffer[end - 1, y].glyph == .space { break }
            end += 1
        }
        while !isUnderlined, end > x + 1, buffer[end - 1, y].glyph == .space { end -= 1 }
        return end
    }

    private func text(from x: Int, to end: Int, _ y: Int, _ ink: Colour) -> String {
        let style = buffer[x, y].style
        var content = ""
        for column in x..<end { content += buffer[column, y].glyph.text }
        let width = (end - x) * Self.cell.width
        var attributes = "x=\"\(x * Self.cell.width)\" y=\"\(y * Self.cell.height + 15)\" fill=\"\(ink.hex)\""
        attributes += " textLength=\"\(width)\" lengthAdjust=\"spacingAndGlyphs\""
        if style.attributes.contains(.bold) { attributes += " font-weight=\"bold\"" }
        if style.attributes.contains(.underline) {
            attributes += " text-decoration=\"underline\" xml:space=\"preserve\""
        }
        return "<text \(attributes)>\(Self.escaped(content))</text>"
    }

    /// Text as XML wants it; what XML cannot hold becomes U+FFFD.
    static func escaped(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out.append(contentsOf: "&amp;".unicodeScalars)
            case "<": out.append(contentsOf: "&lt;".unicodeScalars)
            case ">": out.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": out.append(contentsOf: "&quot;".unicodeScalars)
            default:
                let isAllowed =
                    scalar == "\t" || scalar == "\n" || scalar.value >= 0x20 && scalar.value & 0xFFFE != 0xFFFE
                out.append(isAllowed ? scalar : "\u{FFFD}")
            }
        }
        return String(out)
    }
}

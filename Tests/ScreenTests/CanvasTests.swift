import Testing

@testable import Screen

@Suite struct CanvasTests {
    private func plot(_ level: GlyphLevel) -> [String] {
        var canvas = DotCanvas(columns: 6, rows: 3, level: level)
        canvas.line(from: (0, canvas.height - 1), to: (canvas.width - 1, 0), .plain)
        var buffer = Buffer(width: 6, height: 3)
        canvas.draw(into: &buffer, x: 0, y: 0)
        return buffer.plainLines
    }

    @Test func aLineAtEachLevel() {
        #expect(plot(.braille) == ["    ⡠⠊", "  ⡠⠊", "⡠⠊"])
        #expect(plot(.block) == ["    ▄▀", "  ▄▀", "▄▀"])
        #expect(plot(.ascii) == ["    .'", "  .'", ".'"])
    }

    @Test func everyBrailleDotHasItsBit() {
        let expected: [UInt32] = [0x2801, 0x2808, 0x2802, 0x2810, 0x2804, 0x2820, 0x2840, 0x2880]
        for (index, code) in expected.enumerated() {
            var canvas = DotCanvas(columns: 1, rows: 1, level: .braille)
            canvas.set(index % 2, index / 2, .plain)
            var buffer = Buffer(width: 1, height: 1)
            canvas.draw(into: &buffer, x: 0, y: 0)
            #expect(buffer[0, 0].glyph.base == code)
        }
    }

    @Test func dotsKeepTheBackgroundAndTakeTheLastStyle() {
        let ground = Colour(0x101020)
        var buffer = Buffer(width: 2, height: 1, fill: Cell(.space, Style(on: ground)))
        var canvas = DotCanvas(columns: 2, rows: 1, level: .braille)
        canvas.set(0, 0, Style(Colour(0xFF0000)))
        canvas.set(1, 0, Style(Colour(0x00FF00)))
        canvas.draw(into: &buffer, x: 0, y: 0)
        #expect(buffer[0, 0] == Cell("⠉", Style(Colour(0x00FF00), on: ground)))
        #expect(buffer[1, 0] == Cell(.space, Style(on: ground)))
    }

    @Test func curvesLeaveGapsAndSurviveFarValues() {
        var canvas = DotCanvas(columns: 3, rows: 1, level: .braille)
        canvas.curve([3, 3, nil, nil, 0, 0], .plain)
        var buffer = Buffer(width: 3, height: 1)
        canvas.draw(into: &buffer, x: 0, y: 0)
        #expect(buffer.plainLines == ["⣀ ⠉"])
        canvas.line(from: (0, Int.min / 4), to: (5, Int.max / 4), .plain)
        canvas.set(-1, 99, .plain)
    }

    @Test func halfBlocksJoinTwoPixels() {
        let ramp = Ramp.grey
        var canvas = PixelCanvas(width: 3, height: 3)
        canvas[0, 0] = 1
        canvas[1, 1] = 1
        canvas[2, 0] = 1
        canvas[2, 1] = 1
        let palette = Palette(ramp: ramp, levels: 2, depth: .trueColour, glyphs: .braille)
        var buffer = Buffer(width: 3, height: 2)
        canvas.draw(into: &buffer, x: 0, y: 0, palette: palette)
        let (black, white) = (Colour(0), Colour(0xFFFFFF))
        #expect(buffer[0, 0] == Cell("▀", Style(white, on: black)))
        #expect(buffer[1, 0] == Cell("▀", Style(black, on: white)))
        #expect(buffer[2, 0] == Cell(.space, Style(on: white)))
        #expect(buffer[0, 1] == Cell(.space, Style(on: black)))
    }

    @Test func pixelsFallToShades() {
        var canvas = PixelCanvas(width: 5, height: 1)
        for x in 0..<5 { canvas[x, 0] = UInt8(x) }
        func drawn(_ depth: ColourDepth, _ glyphs: GlyphLevel) -> [String] {
            var buffer = Buffer(width: 5, height: 1)
            canvas.draw(
                into: &buffer, x: 0, y: 0, palette: Palette(ramp: .grey, levels: 5, depth: depth, glyphs: glyphs))
            return buffer.plainLines
        }
        #expect(drawn(.none, .block) == [" ░▒▓█"])
        #expect(drawn(.none, .ascii) == [" :+#@"])
        #expect(drawn(.palette256, .ascii) == [""])
        #expect(Palette.rowsPerCell(depth: .palette256, glyphs: .ascii) == 1)
        #expect(Palette.rowsPerCell(depth: .eight, glyphs: .braille) == 1)
        #expect(Palette.rowsPerCell(depth: .palette256, glyphs: .block) == 2)
    }

    @Test func inksBeyondThePaletteAreItsLast() {
        let canvas = PixelCanvas(width: 1, height: 2, ink: 200)
        var buffer = Buffer(width: 1, height: 1)
        canvas.draw(
            into: &buffer, x: 0, y: 0, palette: Palette(ramp: .grey, levels: 4, depth: .trueColour, glyphs: .block))
        #expect(buffer[0, 0].style.background == Colour(0xFFFFFF))
    }

    @Test func bars() {
        var buffer = Buffer(width: 4, height: 5)
        for (row, share) in [0.0, 0.001, 0.5, 0.4, 2].enumerated() {
            buffer.bar(share, in: buffer.bounds.row(row), style: .plain)
        }
        #expect(buffer.plainLines == ["", "▏", "██", "█▋", "████"])
        var ascii = Buffer(width: 4, height: 1)
        ascii.bar(0.6, in: ascii.bounds, style: .plain, glyphs: .ascii)
        #expect(ascii.plainLines == ["##-"])
    }

    @Test func sparklines() {
        var buffer = Buffer(width: 5, height: 2)
        buffer.sparkline([9, 0, 0.25, nil, 0.75, 1], in: buffer.bounds, style: .plain)
        #expect(buffer.plainLines == ["   ▄█", "▁▄ ██"])
    }

    @Test func bigFigures() {
        var buffer = Buffer(width: 11, height: 3)
        BigText("1.7x", face: .coarse).draw(into: &buffer, x: 0, y: 0, style: .plain)
        #expect(BigText("1.7x", face: .coarse).width == 13)
        #expect(
            buffer.plainLines == [
                "▄█    ▀▀█ ▄",
                " █     ▄▀ ▄",
                "▀▀▀ ▀  ▀",
            ])
        #expect(BigText.fitting("14.1x", width: 36, height: 6)?.height() == 5)
        #expect(BigText.fitting("14.1x", width: 4, height: 2) == nil)
        let ascii = BigText("7", face: .coarse)
        #expect(ascii.height(.ascii) == 5)
        var plain = Buffer(width: 3, height: 5)
        ascii.draw(into: &plain, x: 0, y: 0, style: .plain, glyphs: .ascii)
        #expect(plain.plainLines == ["###", "  #", "  #", " #", " #"])
    }

    @Test(arguments: BigText.Face.allCases) func facesAreWhole(face: BigText.Face) {
        for character in "0123456789.,:x×-–%kM<>+" {
            #expect(face.hasShapes(for: String(character)))
            let shape = face.shape(character)
            #expect(shape.count == face.height)
            #expect(Set(shape.map(\.count)).count == 1)
        }
    }

    @Test func nothingBeyondSevenBitsAtTheLowestLevel() {
        let ascii = GlyphSet.ascii
        let glyphs =
            ascii.fromLeft + ascii.fromBelow + ascii.shades + [
                ascii.full, ascii.ellipsis, ascii.bullet, ascii.dot, ascii.cross, ascii.check, ascii.left, ascii.right,
                ascii.up, ascii.down, ascii.play, ascii.pause, ascii.marker, ascii.mark, ascii.dash,
                ascii.line.horizontal,
                ascii.line.vertical, ascii.line.cross, ascii.line.teeUp, ascii.line.topLeft,
            ]
        #expect(glyphs.allSatisfy { $0.base < 0x80 })
        for glyph: Glyph in ["α", "≤", "µ", "é", "⠿", "▀", "─", "日", "e\u{301}"] {
            #expect(glyph.ascii.base < 0x80)
        }
        #expect(Glyph("α").ascii == "a")
    }
}

import Foundation
import Testing

@testable import Screen

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct ExportTests {
    /// Text elements of a document with their attributes; nil where it is not XML.
    private final class Reader: NSObject, XMLParserDelegate {
        var texts: [(attributes: [String: String], text: String)] = []
        var paths: [String: String] = [:]
        private var isText = false

        static func read(_ document: String) -> Reader? {
            let reader = Reader()
            let parser = XMLParser(data: Data(document.utf8))
            parser.delegate = reader
            return parser.parse() ? reader : nil
        }

        func parser(
            _: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            isText = name == "text"
            if isText { texts.append((attributes, "")) }
            if name == "path", let fill = attributes["fill"] { paths[fill] = attributes["d"] }
        }
        func parser(_: XMLParser, foundCharacters text: String) {
            if isText { texts[texts.count - 1].text += text }
        }
        func parser(_: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
            isText = false
        }
    }

    @Test func svgHoldsTextInItsColoursAndColumns() throws {
        var buffer = Buffer(width: 20, height: 3)
        buffer.put("a<b & \"c\"", x: 2, y: 1, style: Style(Colour(0x112233), on: Colour(0x445566), .bold))
        buffer.put("π", x: 0, y: 2, style: Style(Colour(0xFF0000)))
        let read = try #require(Reader.read(SVGPicture(buffer, title: "1 < 2 & 3").document))
        #expect(read.texts.map(\.text) == ["a<b & \"c\"", "π"])
        #expect(read.texts[0].attributes["fill"] == "#112233")
        #expect(read.texts[0].attributes["x"] == "20")
        #expect(read.texts[0].attributes["textLength"] == "90")
        #expect(read.texts[0].attributes["font-weight"] == "bold")
        #expect(read.paths["#445566"] == "M20 20h90v20h-90z")
    }

    @Test func svgDrawsBlocksLinesAndBrailleAsShapes() throws {
        let ink = Colour(0xABCDEF)
        var buffer = Buffer(width: 4, height: 1)
        buffer.put("▀─⠁█", x: 0, y: 0, style: Style(ink))
        let read = try #require(Reader.read(SVGPicture(buffer).document))
        #expect(read.texts.isEmpty)
        let path = try #require(read.paths[ink.hex])
        #expect(path.hasPrefix("M0 0h10v10h-10z"))
        #expect(path.contains("M21 1h3v3h-3z"))
        #expect(path.hasSuffix("M30 20v-20h10v20z"))
    }

    @Test func svgReversesAndStandsInForDefaultColours() throws {
        var buffer = Buffer(width: 3, height: 1)
        buffer.put("abc", x: 0, y: 0, style: Style.plain.reverse)
        let picture = SVGPicture(buffer, foreground: Colour(0xEEEEEE), background: Colour(0x101010))
        let read = try #require(Reader.read(picture.document))
        #expect(read.texts[0].attributes["fill"] == "#101010")
        #expect(read.paths["#eeeeee"] == "M0 0h30v20h-30z")
    }

    @Test func everyGlyphOfTheProgramMakesValidXML() throws {
        var buffer = Buffer(width: 300, height: 1)
        for (x, scalar) in (Array(0x2500...0x259F) + [0x28FF, 0xFFFE, 0x1F600]).enumerated() {
            buffer.put(String(Unicode.Scalar(UInt32(scalar)) ?? " "), x: x, y: 0, style: .plain)
        }
        #expect(Reader.read(SVGPicture(buffer).document) != nil)
    }

    /// What a terminal that knows only these sequences shows.
    private func played(_ output: String, over before: Buffer) -> Buffer {
        var buffer = before
        var (x, y) = (0, 0)
        var style = Style.plain
        var rest = Substring(output)
        while let next = rest.popFirst() {
            guard next == "\u{1B}" else {
                x = buffer.put(String(next), x: x, y: y, style: style)
                continue
            }
            rest.removeFirst()
            let body = rest.prefix { !$0.isLetter }
            rest = rest.dropFirst(body.count)
            let code = rest.popFirst()
            let numbers = body.split(separator: ";").compactMap { Int($0) }
            if code == "H" { (y, x) = (numbers[0] - 1, numbers[1] - 1) }
            if code == "J" { buffer = Buffer(width: before.width, height: before.height) }
            if code == "m" { style = self.style(numbers) }
        }
        return buffer
    }

    private func style(_ codes: [Int]) -> Style {
        var style = Style.plain
        var codes = codes[...]
        while let code = codes.popFirst() {
            switch code {
            case 1: style = style.bold
            case 2: style = style.dim
            case 4: style = style.underline
            case 7: style = style.reverse
            case 38, 48:
                let colour = Array(codes.dropFirst().prefix(3))
                codes = codes.dropFirst(4)
                let rgb = Colour.rgb(UInt8(colour[0]), UInt8(colour[1]), UInt8(colour[2]))
                if code == 38 { style.foreground = rgb } else { style.background = rgb }
            default: break
            }
        }
        return style
    }

    @Test func paintedDifferencesGiveThePicture() {
        var painter = ANSIPainter()
        var first = Buffer(width: 12, height: 2)
        first.put("漢字 abc", x: 0, y: 0, style: Style(Colour(0x123456), on: Colour(0x654321), .bold))
        var second = first
        second.put("xy", x: 1, y: 0, style: .plain)
        second.put("▀", x: 5, y: 1, style: Style(Colour(1), on: Colour(2)).reverse)
        let blank = Buffer(width: 12, height: 2)
        let whole = painter.paint(first)
        let shown = played(whole, over: blank)
        #expect(shown == first)
        let change = painter.paint(second)
        #expect(played(change, over: shown) == second)
        let nothing = painter.paint(second)
        #expect(nothing.isEmpty)
        #expect(!change.contains("a"))
    }

    @Test func aCastIsOneJSONValueALine() throws {
        var cast = Asciicast(
            width: 3, height: 1, title: "a \"b\"\\", foreground: Colour(0xFFFFFF), background: Colour(0))
        var buffer = Buffer(width: 3, height: 1)
        let firstEvent = cast.frame(buffer, at: 0)
        let first = try #require(firstEvent)
        let unchanged = cast.frame(buffer, at: 1)
        #expect(unchanged == nil)
        buffer.put("é\"", x: 0, y: 0, style: .plain)
        let secondEvent = cast.frame(buffer, at: 1.25)
        let second = try #require(secondEvent)
        let header = try JSONSerialization.jsonObject(with: Data(cast.opening.utf8)) as? [String: Any]
        #expect(header?["version"] as? Int == 2)
        #expect(header?["title"] as? String == "a \"b\"\\")
        for (line, time) in [(first, 0.0), (second, 1.25), (cast.marker("two", at: 2), 2)] {
            let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any]
            #expect(event?.count == 3)
            #expect(event?[0] as? Double == time)
        }
        #expect(second.contains("\\u001b["))
        // A window that is resized: players take the new size before the picture.
        let resized = cast.frame(Buffer(width: 5, height: 2), at: 3)
        let lines = try #require(resized).split(separator: "\n")
        #expect(lines.count == 2 && lines[0] == "[3.000,\"r\",\"5x2\"]")
    }
}

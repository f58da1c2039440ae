/// A recording of the screen as asciicast v2: a header, then one event a line, each picture as what changed since the last.
///
/// The text plays in asciinema and in the players that read its format (docs.asciinema.org/manual/asciicast/v2).
public struct Asciicast: Sendable {
    public let width, height: Int
    private let header: String
    private var painter = ANSIPainter()
    /// Of the last picture.
    private var size: (width: Int, height: Int)

    /// - Parameter palette: The colours that stand for the terminal's own text and ground.
    public init(width: Int, height: Int, title: String, foreground: Colour, background: Colour) {
        self.width = width
        self.height = height
        size = (width, height)
        let colours = [foreground.hex, background.hex]
        // Sixteen entries are wanted; only 24-bit colours are used, so that they matter to nobody.
        let palette = BasicPalette.colours.map(\.hex)
        header =
            "{\"version\":2,\"width\":\(width),\"height\":\(height),\"title\":\(Self.quoted(title)),"
            + "\"env\":{\"TERM\":\"xterm-256color\",\"COLORTERM\":\"truecolor\"},"
            + "\"theme\":{\"fg\":\"\(colours[0])\",\"bg\":\"\(colours[1])\",\"palette\":\"\(palette.joined(separator: ":"))\"}}\n"
    }

    /// The first line.
    public var opening: String { header }

    /// The events that bring a picture at `seconds`, one a line, of which the first may change the size of the screen; nil
    /// where nothing changed.
    public mutating func frame(_ buffer: Buffer, at seconds: Double) -> String? {
        var events = ""
        if (buffer.width, buffer.height) != size {
            size = (buffer.width, buffer.height)
            events = event(seconds, "r", "\(buffer.width)x\(buffer.height)")
        }
        let output = painter.paint(buffer)
        if !output.isEmpty { events += event(seconds, "o", output) }
        return events.isEmpty ? nil : events
    }

    /// A marker that players list and jump to.
    public func marker(_ label: String, at seconds: Double) -> String { event(seconds, "m", label) }

    private func event(_ seconds: Double, _ code: String, _ data: String) -> String {
        "[\(Format.fixed(max(0, seconds), 3)),\"\(code)\",\(Self.quoted(data))]\n"
    }

    /// A JSON string.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }
}

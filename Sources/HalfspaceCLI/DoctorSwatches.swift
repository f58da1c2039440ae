import Screen

/// A line for each step of the ladders, written as it is whatever was detected: the eye decides what the terminal can.
struct Swatches {
    let isUTF8: Bool

    var lines: [String] {
        var lines = [
            "      24-bit      " + trueColour + "  smooth, dark to light",
            "      256         " + palette + "  in steps, dark to light",
            "      8           " + basic + "  eight colours",
        ]
        if isUTF8 {
            lines.append("      blocks      ▁▂▃▄▅▆▇█ ▏▎▍▌▋▊▉█ ░▒▓█ ▀▄▘▚  whole, without gaps")
            lines.append("      braille     ⠁⠃⠇⡇⣇⣧⣷⣿ ⣀⡠⠔⠊⠉  dots alone, no empty circles")
        }
        return lines + ["      ASCII       .:-=+*#%@"]
    }

    private static let colours: [Colour] = [0x0B0724, 0x51127C, 0xB73779, 0xFC8961, 0xFCFDBF].map { Colour($0) }
    private static let reset = "\u{1B}[0m"

    private var ramp: Ramp { Ramp(Self.colours) ?? .grey }

    private var trueColour: String {
        ramp.quantised(32).compactMap(\.components).map { "\u{1B}[48;2;\($0.red);\($0.green);\($0.blue)m " }.joined()
            + Self.reset
    }

    private var palette: String {
        XtermPalette.monotone(ramp.quantised(32)).map { "\u{1B}[48;5;\($0)m " }.joined() + Self.reset
    }

    private var basic: String {
        (0..<8).map { "\u{1B}[4\($0)m    " }.joined() + Self.reset
    }
}

/// The shapes of an SVG picture, gathered by colour: one path for each, however many cells it covers.
struct SVGShapes {
    private var grounds = PathsByColour()
    private var inks = PathsByColour()

    private struct PathsByColour {
        var order: [Colour] = []
        var paths: [Colour: String] = [:]

        mutating func add(_ path: String, _ colour: Colour) {
            if paths[colour] == nil { order.append(colour) }
            paths[colour, default: ""] += path
        }

        var elements: [String] {
            order.map { "<path fill=\"\($0.hex)\" d=\"\(paths[$0] ?? "")\"/>" }
        }
    }

    /// Grounds first, what stands on them after.
    var elements: [String] {
        ["<g shape-rendering=\"crispEdges\">"] + grounds.elements + inks.elements + ["</g>"]
    }

    mutating func ground(x: Int, y: Int, width: Int, height: Int, _ colour: Colour) {
        grounds.add("M\(x) \(y)h\(width)v\(height)h-\(width)z", colour)
    }

    /// Draws a line, block, shade or braille glyph; false for any other, which is text.
    mutating func draw(_ glyph: Glyph, column: Int, row: Int, _ ink: Colour, ground: Colour) -> Bool {
        guard glyph.marks == (0, 0) else { return false }
        let (x, y) = (column * SVGPicture.cell.width, row * SVGPicture.cell.height)
        switch glyph.base {
        case 0x2591...0x2593:
            // A shade is its share of the ink.
            let shaded = ground.mixed(with: ink, Double(glyph.base - 0x2590) / 4)
            inks.add("M\(x) \(y)h10v20h-10z", shaded)
        case 0x2580...0x259F: inks.add(Self.block(glyph.base, x, y), ink)
        case 0x2800...0x28FF: inks.add(Self.braille(glyph.base, x, y), ink)
        default:
            guard let arms = Self.arms[glyph.base] else { return false }
            inks.add(Self.lines(arms, x, y), ink)
        }
        return true
    }

    private static func rectangle(_ x: Int, _ y: Int, _ width: Double, _ height: Double) -> String {
        "M\(x) \(y)h\(short(width))v\(short(height))h-\(short(width))z"
    }

    private static func short(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? String((value * 100).rounded() / 100)
    }

    private static func block(_ base: UInt32, _ x: Int, _ y: Int) -> String {
        switch base {
        case 0x2580: return rectangle(x, y, 10, 10)
        case 0x2581...0x2588:
            let height = Double(base - 0x2580) * 2.5
            return "M\(x) \(y + 20)v-\(short(height))h10v\(short(height))z"
        case 0x2589...0x258F: return rectangle(x, y, Double(0x2590 - base) * 1.25, 20)
        case 0x2590: return rectangle(x + 5, y, 5, 20)
        case 0x2594: return rectangle(x, y, 10, 2.5)
        case 0x2595: return "M\(x + 10) \(y)h-1.25v20h1.25z"
        default:
            // Quarters: bit 0 upper left, 1 upper right, 2 lower left, 3 lower right.
            let quarters: [UInt32: Int] = [
                0x2596: 4, 0x2597: 8, 0x2598: 1, 0x2599: 13, 0x259A: 9, 0x259B: 7, 0x259C: 11, 0x259D: 2, 0x259E: 6,
                0x259F: 14,
            ]
            let bits = quarters[base] ?? 0
            return (0..<4).filter { bits & 1 << $0 != 0 }
                .map { rectangle(x + $0 % 2 * 5, y + $0 / 2 * 10, 5, 10) }.joined()
        }
    }

    /// Eight dots: the left column's bits are 01 02 04 40, the right one's 08 10 20 80.
    private static func braille(_ base: UInt32, _ x: Int, _ y: Int) -> String {
        var path = ""
        for (column, bits) in [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]].enumerated() {
            for (row, bit) in bits.enumerated() where Int(base - 0x2800) & bit != 0 {
                path += rectangle(x + 1 + 5 * column, y + 1 + 5 * row, 3, 3)
            }
        }
        return path
    }

    private struct Arms: OptionSet {
        let rawValue: Int
        static let left = Arms(rawValue: 1)
        static let right = Arms(rawValue: 2)
        static let up = Arms(rawValue: 4)
        static let down = Arms(rawValue: 8)
        static let dashed = Arms(rawValue: 16)
        static let heavy = Arms(rawValue: 32)
    }

    /// The lines that frames, axes and marks are made of, by the sides of the cell that they reach.
    private static let arms: [UInt32: Arms] = [
        0x2500: [.left, .right], 0x2501: [.left, .right, .heavy], 0x2502: [.up, .down], 0x2503: [.up, .down, .heavy],
        0x2504: [.left, .right, .dashed], 0x2506: [.up, .down, .dashed], 0x2508: [.left, .right, .dashed],
        0x250A: [.up, .down, .dashed], 0x250C: [.right, .down], 0x2510: [.left, .down], 0x2514: [.right, .up],
        0x2518: [.left, .up], 0x251C: [.up, .down, .right], 0x2524: [.up, .down, .left],
        0x252C: [.left, .right, .down],
        0x2534: [.left, .right, .up], 0x253C: [.left, .right, .up, .down], 0x256D: [.right, .down],
        0x256E: [.left, .down], 0x256F: [.left, .up], 0x2570: [.right, .up], 0x2574: [.left], 0x2575: [.up],
        0x2576: [.right], 0x2577: [.down],
    ]

    private static func lines(_ arms: Arms, _ x: Int, _ y: Int) -> String {
        let thick = arms.contains(.heavy) ? 2 : 1
        if arms.contains(.dashed) {
            return arms.contains(.up)
                ? (0..<4).map { "M\(x + 5) \(y + 1 + 5 * $0)h1v3h-1z" }.joined()
                : (0..<2).map { "M\(x + 1 + 5 * $0) \(y + 10)h3v1h-3z" }.joined()
        }
        var path = ""
        if arms.contains(.left) { path += "M\(x) \(y + 10)h\(5 + thick)v\(thick)h-\(5 + thick)z" }
        if arms.contains(.right) { path += "M\(x + 5) \(y + 10)h5v\(thick)h-5z" }
        if arms.contains(.up) { path += "M\(x + 5) \(y)h\(thick)v\(10 + thick)h-\(thick)z" }
        if arms.contains(.down) { path += "M\(x + 5) \(y + 10)h\(thick)v10h-\(thick)z" }
        return path
    }
}

/// A compiled terminfo entry (term(5)) with other colours, handed to ncurses through `TERMINFO=hex:…`.
///
/// The entries for 24-bit colour are not in a base installation and know nothing of the terminal at hand; this takes the
/// entry that is there and changes its colours alone.
struct TerminfoEntry {
    private var names: [UInt8]
    private var booleans: [UInt8]
    private var numbers: [Int32]
    private var offsets: [Int]
    private var strings: [UInt8]
    private var extended = Extended()

    private struct Extended {
        var booleans: [UInt8] = []
        var numbers: [Int32] = []
        /// Offsets of string values, then of the names of booleans, numbers and strings.
        var values: [Int] = []
        var names: [Int] = []
        /// The text of values, and the text of names, to which the offsets of names are relative.
        var valueText: [UInt8] = []
        var nameText: [UInt8] = []
    }

    // Places in the standard arrays.
    private static let canChange = 27
    private static let (colours, pairs) = (13, 14)
    private static let (originalPair, initializeColour, initializePair, setPair) = (297, 299, 300, 301)
    private static let (oldForeground, oldBackground) = (302, 303)
    private static let (foreground, background) = (359, 360)

    /// Reads a compiled entry of either number size; nil where it is not one.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard let magic = reader.short(), magic == 0o432 || magic == 0o1036,
            let nameSize = reader.short(), let booleanCount = reader.short(), let numberCount = reader.short(),
            let stringCount = reader.short(), let tableSize = reader.short()
        else { return nil }
        let wide = magic == 0o1036
        guard let names = reader.bytes(nameSize), let booleans = reader.bytes(booleanCount) else { return nil }
        reader.align()
        guard let numbers = reader.numbers(numberCount, wide: wide), let offsets = reader.shorts(stringCount),
            let strings = reader.bytes(tableSize)
        else { return nil }
        (self.names, self.booleans, self.numbers, self.offsets, self.strings) =
            (names, booleans, numbers, offsets, strings)
        reader.align()
        guard reader.remains else { return }
        guard let more = Self.readExtended(&reader, wide: wide) else { return nil }
        extended = more
    }

    private static func readExtended(_ reader: inout Reader, wide: Bool) -> Extended? {
        guard let booleanCount = reader.short(), let numberCount = reader.short(), let stringCount = reader.short(),
            reader.short() != nil, let tableSize = reader.short(), booleanCount >= 0, numberCount >= 0, stringCount >= 0
        else { return nil }
        var extended = Extended()
        guard let booleans = reader.bytes(booleanCount) else { return nil }
        reader.align()
        guard let numbers = reader.numbers(numberCount, wide: wide), let values = reader.shorts(stringCount),
            let names = reader.shorts(booleanCount + numberCount + stringCount), let table = reader.bytes(tableSize)
        else { return nil }
        // The names begin behind the last value: there is no field for it.
        var end = 0
        for value in values where value >= 0 {
            guard value < table.count, let stop = table[value...].firstIndex(of: 0) else { return nil }
            end = max(end, stop + 1)
        }
        extended.booleans = booleans
        extended.numbers = numbers
        extended.values = values
        extended.names = names
        extended.valueText = Array(table[..<end])
        extended.nameText = Array(table[end...])
        return extended
    }

    /// Makes it an entry of 24-bit colour: a colour number is 0xRRGGBB.
    mutating func setTrueColour() {
        setColours(
            1 << 24,
            foreground: "\u{1B}[38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm",
            background: "\u{1B}[48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm")
        addFlag("RGB")
    }

    /// Makes it an entry of the 256-colour palette.
    mutating func setPalette256() {
        setColours(256, foreground: "\u{1B}[38;5;%p1%dm", background: "\u{1B}[48;5;%p1%dm")
    }

    /// Makes it an entry of the eight basic colours.
    mutating func setEightColours() {
        setColours(8, foreground: "\u{1B}[3%p1%dm", background: "\u{1B}[4%p1%dm")
    }

    private mutating func setColours(_ count: Int32, foreground: String, background: String) {
        if booleans.count > Self.canChange { booleans[Self.canChange] = 0 }
        setNumber(Self.colours, count)
        setNumber(Self.pairs, 65536)
        for absent in [
            Self.initializeColour, Self.initializePair, Self.setPair, Self.oldForeground, Self.oldBackground,
        ] where absent < offsets.count {
            offsets[absent] = -1
        }
        setString(Self.originalPair, "\u{1B}[39;49m")
        setString(Self.foreground, foreground)
        setString(Self.background, background)
    }

    private mutating func setNumber(_ place: Int, _ value: Int32) {
        while numbers.count <= place { numbers.append(-1) }
        numbers[place] = value
    }

    private mutating func setString(_ place: Int, _ value: String) {
        while offsets.count <= place { offsets.append(-1) }
        offsets[place] = strings.count
        strings += Array(value.utf8) + [0]
    }

    private mutating func addFlag(_ name: String) {
        let count = extended.booleans.count
        for index in 0..<count where text(extended.names[index]) == name {
            extended.booleans[index] = 1
            return
        }
        // ncurses keeps the names of a kind in order.
        let place = (0..<count).first { text(extended.names[$0]) > name } ?? count
        extended.booleans.insert(1, at: place)
        extended.names.insert(extended.nameText.count, at: place)
        extended.nameText += Array(name.utf8) + [0]
    }

    private func text(_ offset: Int) -> String {
        guard offset >= 0, offset < extended.nameText.count else { return "" }
        return String(decoding: extended.nameText[offset...].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The entry in the format with 32-bit numbers.
    var bytes: [UInt8] {
        var out: [UInt8] = []
        func short(_ value: Int) {
            let bits = UInt16(truncatingIfNeeded: value)
            out += [UInt8(bits & 255), UInt8(bits >> 8)]
        }
        func number(_ value: Int32) {
            let bits = UInt32(bitPattern: value)
            out += [UInt8(bits & 255), UInt8(bits >> 8 & 255), UInt8(bits >> 16 & 255), UInt8(bits >> 24)]
        }
        func align() {
            if out.count % 2 == 1 { out.append(0) }
        }
        for value in [0o1036, names.count, booleans.count, numbers.count, offsets.count, strings.count] { short(value) }
        out += names + booleans
        align()
        numbers.forEach(number)
        offsets.forEach(short)
        out += strings
        guard !extended.names.isEmpty else { return out }
        align()
        let table = extended.valueText + extended.nameText
        for value in [
            extended.booleans.count, extended.numbers.count, extended.values.count,
            extended.values.count + extended.names.count, table.count,
        ] { short(value) }
        out += extended.booleans
        align()
        extended.numbers.forEach(number)
        (extended.values + extended.names).forEach(short)
        return out + table
    }

    /// The entry as a value of the environment variable `TERMINFO`; in hexadecimal digits, since ncurses misreads the
    /// padding of some base-64 texts.
    var environmentValue: String {
        let digits = Array("0123456789ABCDEF".utf8)
        return "hex:" + String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0

        var remains: Bool { at + 10 <= bytes.count }

        mutating func align() {
            at += at % 2
        }

        mutating func short() -> Int? {
            guard at + 2 <= bytes.count else { return nil }
            defer { at += 2 }
            return Int(Int16(bitPattern: UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8))
        }

        mutating func bytes(_ count: Int) -> [UInt8]? {
            guard count >= 0, at + count <= bytes.count else { return nil }
            defer { at += count }
            return Array(bytes[at..<at + count])
        }

        mutating func shorts(_ count: Int) -> [Int]? {
            guard count >= 0, at + 2 * count <= bytes.count else { return nil }
            return (0..<count).map { _ in short() ?? -1 }
        }

        mutating func numbers(_ count: Int, wide: Bool) -> [Int32]? {
            guard wide else { return shorts(count)?.map { Int32($0) } }
            guard count >= 0, at + 4 * count <= bytes.count else { return nil }
            return (0..<count).map { _ in
                defer { at += 4 }
                let parts = (0..<4).map { UInt32(bytes[at + $0]) << UInt32(8 * $0) }
                return Int32(bitPattern: parts.reduce(0, |))
            }
        }
    }
}

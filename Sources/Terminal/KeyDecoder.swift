import Screen

/// Turns the bytes of a terminal into events, and swallows what is no key.
///
/// A modified arrow, a late answer to a query, the report of a mouse that nobody asked for and a pasted text arrive as
/// ordinary bytes: without this they would press keys that nobody pressed. Bytes may come in any pieces.
struct KeyDecoder {
    private let strings: KeyStrings
    /// Whether reports of the mouse are wanted; else they are swallowed.
    var takesMouse = false
    /// Whether the terminal answered the last question that it was asked (DA1).
    private(set) var sawAttributes = false
    /// The beginning of something whose end has not come.
    private var held: [UInt8] = []
    /// Between the marks of a bracketed paste, or in the burst of a terminal that sets no marks.
    private(set) var isPasting = false
    /// Whether the terminal marks what is pasted; the console of Linux did not for long.
    var marksPastes = true
    private var isBurst = false

    /// Characters that nobody types at once, however long the program was busy.
    private static let burst = 12

    init(strings: KeyStrings = KeyStrings()) { self.strings = strings }

    /// Milliseconds after which ``expire()`` is to be called if nothing comes; nil where nothing is open.
    var patience: Int? {
        if isPasting { return isBurst ? 60 : 1000 }
        // The Escape key alone must not feel slow; the rest of a sequence follows at once, but for the line.
        return held.isEmpty ? nil : held == [0x1B] ? 30 : 200
    }

    /// - Complexity: O(bytes).
    mutating func events(_ bytes: [UInt8]) -> [InputEvent] {
        if !marksPastes, !isPasting, !bytes.contains(0x1B), bytes.count(where: { $0 >= 0x20 }) >= Self.burst {
            (isPasting, isBurst, held) = (true, true, [])
        }
        guard !isBurst else { return [] }
        var events: [InputEvent] = []
        let all = held + bytes
        var rest = all[...]
        held = []
        while !rest.isEmpty {
            switch step(&rest) {
            case .event(let event): events.append(event)
            case .nothing: break
            case .incomplete:
                held = Array(rest)
                return events
            }
        }
        return events
    }

    /// Nothing came for a while: what was begun is what it is.
    mutating func expire() -> [InputEvent] {
        defer { (held, isPasting, isBurst) = ([], false, false) }
        guard !isPasting else { return [] }
        switch held {
        case [0x1B]: return [.key(.escape)]
        // Alt and a bracket, on some keyboards; anything longer is half a report.
        case [0x1B, 0x5B], [0x1B, 0x4F], [0x1B, 0x5D], [0x1B, 0x50]:
            return [.key(.escape)] + (Self.key(UInt32(held[1])).map { [.key($0)] } ?? [])
        default: return []
        }
    }

    enum Step {
        case event(InputEvent)
        case nothing
        case incomplete
    }

    /// Takes one thing from the front.
    private mutating func step(_ rest: inout ArraySlice<UInt8>) -> Step {
        if isPasting { return skipPaste(&rest) }
        guard let first = rest.first else { return .nothing }
        guard first == 0x1B else { return character(&rest) }
        switch strings.match(rest) {
        case .key(let key, let length):
            rest = rest.dropFirst(length)
            return .event(.key(key))
        case .begun: return .incomplete
        case .none: break
        }
        guard let second = rest.dropFirst().first else { return .incomplete }
        switch second {
        case 0x5B: return control(&rest)
        case 0x4F: return singleShift(&rest)
        case 0x5D, 0x50, 0x5F, 0x5E, 0x58: return text(&rest)
        default:
            rest = rest.dropFirst()
            return .event(.key(.escape))
        }
    }

    /// Drops a pasted text, of which the last bytes may begin the mark of its end.
    private mutating func skipPaste(_ rest: inout ArraySlice<UInt8>) -> Step {
        for at in rest.indices where rest[at...].starts(with: Self.pasteEnd) {
            rest = rest[(at + Self.pasteEnd.count)...]
            isPasting = false
            return .nothing
        }
        rest = rest.suffix(Self.pasteEnd.count - 1)
        return .incomplete
    }

    /// OSC, DCS, APC, PM: text up to BEL or ST.
    private func text(_ rest: inout ArraySlice<UInt8>) -> Step {
        for at in rest.indices.dropFirst(2) where rest[at] == 0x07 || rest[at...].starts(with: [0x1B, 0x5C]) {
            rest = rest[(at + (rest[at] == 0x07 ? 1 : 2))...]
            return .nothing
        }
        guard rest.count > 4096 else { return .incomplete }
        rest = rest.dropFirst(rest.count)
        return .nothing
    }

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// SS3 and a letter.
    private func singleShift(_ rest: inout ArraySlice<UInt8>) -> Step {
        guard let letter = rest.dropFirst(2).first else { return .incomplete }
        rest = rest.dropFirst(3)
        return Self.final(letter, "").map { .event(.key($0)) } ?? .nothing
    }

    /// CSI: parameters up to a final byte.
    private mutating func control(_ rest: inout ArraySlice<UInt8>) -> Step {
        let body = rest.dropFirst(2)
        // The console of Linux sends `[[A` for F1.
        let start = body.first == 0x5B ? body.dropFirst() : body
        guard let end = start.firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
            guard rest.count > 64 else { return .incomplete }
            rest = rest.dropFirst(rest.count)
            return .nothing
        }
        let final = rest[end]
        guard (0x40...0x7E).contains(final) else {
            // Cut short by a control character or another sequence.
            rest = rest[end...]
            return .nothing
        }
        let parameters = String(decoding: rest[start.startIndex..<end], as: UTF8.self)
        if final == 0x4D, parameters.isEmpty { return oldMouse(&rest, from: end + 1) }
        rest = rest[(end + 1)...]
        if parameters == "200", final == 0x7E { isPasting = true }
        if final == 0x63, parameters.hasPrefix("?") { sawAttributes = true }
        if parameters.hasPrefix("<"), final == 0x4D || final == 0x6D {
            return mouse(parameters.dropFirst().split(separator: ";").map { Int($0) }, isRelease: final == 0x6D)
        }
        guard start.startIndex == body.startIndex else { return .nothing }
        return Self.final(final, parameters).map { .event(.key($0)) } ?? .nothing
    }

    // MARK: The mouse

    /// SGR 1006: button, column and row in decimals.
    private func mouse(_ numbers: [Int?], isRelease: Bool) -> Step {
        guard numbers.count == 3, let code = numbers[0], let x = numbers[1], let y = numbers[2] else { return .nothing }
        return mouse(code, x: x - 1, y: y - 1, isRelease: isRelease)
    }

    /// X10: three bytes with 32 added to each, for terminals that do not know 1006.
    private func oldMouse(_ rest: inout ArraySlice<UInt8>, from start: Int) -> Step {
        let body = rest[start...].prefix(3).map { Int($0) - 32 }
        guard body.count == 3 else { return .incomplete }
        rest = rest[(start + 3)...]
        return mouse(body[0], x: body[1] - 1, y: body[2] - 1, isRelease: body[0] & 3 == 3 && body[0] & 32 == 0)
    }

    private func mouse(_ code: Int, x: Int, y: Int, isRelease: Bool) -> Step {
        guard takesMouse, (0..<10_000).contains(x), (0..<10_000).contains(y) else { return .nothing }
        let kind: MouseEvent.Kind? =
            switch code & ~0b11100 {
            case 64: isRelease ? nil : .wheelUp
            case 65: isRelease ? nil : .wheelDown
            case 32, 33, 34: .drag
            case 0, 1, 2: isRelease ? .release : .press
            case 3: .release
            default: nil
            }
        return kind.map { .event(.mouse(MouseEvent(kind: $0, x: x, y: y))) } ?? .nothing
    }
}

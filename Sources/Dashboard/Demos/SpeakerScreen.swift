import PlainText
import Screen

//   3 / 7  The tree prunes                                     4:12 of 5:00
//  ────────────────────────────────────────────────────────────────────────
//   NOW    Outside: drop it all. Inside: take it all.
//   NEXT   In four dimensions it tests about a tenth of the keys.
//
//   Levels from the root down. Three fates: outside, the whole branch is dropped …
//
//   chapter 0:34 of 0:45                                talk 4:12, 5:00 planned

/// The speaker's screen: what is said now, what comes next, and the time.
public struct SpeakerScreen {
    let theme: Theme
    let glyphs: GlyphSet
    let depth: ColourDepth

    /// - Parameters:
    ///   - theme: Its colours.
    ///   - depth: How many of them there are.
    ///   - glyphs: What the font has.
    public init(theme: Theme, depth: ColourDepth, glyphs: GlyphLevel) {
        self.theme = theme.adapted(to: depth)
        self.depth = depth
        self.glyphs = .of(glyphs)
    }

    /// The picture of a note, or what is waited for.
    /// - Parameters:
    ///   - note: nil while no talk is heard of.
    ///   - name: The demo that is waited for.
    ///   - width: In cells.
    ///   - height: In cells.
    public func picture(_ note: SpeakerNote?, waitingFor name: String, width: Int, height: Int) -> Buffer {
        var buffer = Buffer(width: width, height: height, fill: Cell(.space, theme.style(.text)))
        guard let note else {
            let words =
                "Waits for the talk: start \"halfspace demo \(name)\" in another terminal of this machine. q quits."
            buffer.put(centred: words, in: buffer.bounds.inset(by: 2), style: theme.style(.muted))
            return buffer
        }
        let page = buffer.bounds.inset(left: 2, top: 1, right: 2, bottom: 1)
        header(note, in: page, into: &buffer)
        foot(note, in: page, into: &buffer)
        var y = page.y + (page.height >= 18 ? 6 : 2)
        y = block("NOW", note.caption.plain(600), .text, at: y, in: page, into: &buffer) + 1
        if note.next.isEmpty {
            y = block("NEXT", "the end", .muted, at: y, in: page, into: &buffer) + 1
        } else {
            let next = (note.nextChapter.isEmpty ? "" : "[\(note.nextChapter.plain())]  ") + note.next.plain(600)
            y = block("NEXT", next, .muted, at: y, in: page, into: &buffer) + 1
        }
        let notes = [note.captionNotes, note.notes].filter { !$0.isEmpty }.flatMap { text in
            text.split(separator: "\n\n").map {
                $0.split(whereSeparator: \.isWhitespace).joined(separator: " ").plain(4000)
            }
        }
        let room = Rect(x: page.x, y: y, width: min(page.width, 100), height: page.bottom - 2 - y)
        buffer.put(paragraphs: notes, in: room, gap: 1, style: theme.style(.text))
        return buffer
    }

    private func header(_ note: SpeakerNote, in page: Rect, into buffer: inout Buffer) {
        let chapter = "\(note.number)/\(note.chapters)  \(note.chapter.plain())"
        let state = note.isDark ? "DARK" : note.isLive ? "LIVE" : ""
        let clock = TalkClock(
            elapsed: note.elapsed, inChapter: note.inChapter, chapterPlan: note.chapterPlan, plan: note.plan)
        buffer.put(chapter, in: page, style: theme.style(.accent, .bold), ellipsis: glyphs.ellipsis)
        buffer.put(state, in: page, align: .centre, style: theme.style(.warn, .bold))
        guard page.height >= 18,
            let digits = BigText.fitting(clock.text, width: page.width / 2, height: 4, glyphs: glyphs.level)
        else {
            buffer.put(clock.long, in: page, align: .trailing, style: theme.style(clock.role, .bold))
            return
        }
        digits.draw(
            into: &buffer, x: page.right - digits.width, y: page.y, style: theme.style(clock.role, .bold),
            glyphs: glyphs)
        buffer.put(note.title.plain(), in: page, row: 2, style: theme.style(.muted), ellipsis: glyphs.ellipsis)
    }

    private func foot(_ note: SpeakerNote, in page: Rect, into buffer: inout Buffer) {
        let chapterRole: Theme.Role =
            note.inChapter <= note.chapterPlan ? .good : note.inChapter <= 1.1 * note.chapterPlan ? .warn : .error
        let row = page.height - 1
        buffer.put(
            "chapter \(TalkClock.time(note.inChapter)) of \(TalkClock.time(note.chapterPlan))", in: page, row: row,
            style: theme.style(chapterRole, .bold))
        buffer.put(
            "talk \(TalkClock.time(note.elapsed)); \(TalkClock.time(note.plan)) planned until here, \(TalkClock.time(note.wholePlan)) in all",
            in: page, row: row, align: .trailing, style: theme.style(.muted))
    }

    private func block(
        _ word: String, _ text: String, _ role: Theme.Role, at y: Int, in page: Rect, into buffer: inout Buffer
    ) -> Int {
        buffer.put(word, x: page.x, y: y, style: theme.style(.accent, .bold), clip: page)
        let room = page.inset(left: 7)
        let lines = text.wrapped(to: min(room.width, 90))
        for (i, line) in lines.enumerated() {
            buffer.put(line, x: room.x, y: y + i, style: theme.style(role, role == .text ? .bold : []), clip: room)
        }
        return y + lines.count
    }
}

extension TalkClock {
    init(elapsed: Double, inChapter: Double, chapterPlan: Double, plan: Double) {
        (self.elapsed, self.inChapter, self.chapterPlan, self.plan) = (elapsed, inChapter, chapterPlan, plan)
    }
}

import Foundation

/// What the speaker's screen shows of a talk: a value that is sent as one line of JSON.
public struct SpeakerNote: Codable, Sendable, Equatable {
    public var title, chapter: String
    /// From 1.
    public var number, chapters: Int
    public var notes, captionNotes, caption: String
    /// The caption after it, and its chapter where that is another; empty at the end.
    public var next, nextChapter: String
    public var isLive, isDark: Bool
    /// In seconds, as in ``TalkClock``.
    public var elapsed, inChapter, chapterPlan, plan, wholePlan: Double

    /// Of a talk; nil where none is given.
    /// - Parameter state: The state of the talk's dashboard.
    public init?(_ state: DashboardState) {
        guard let player = state.demo else { return nil }
        let clock = TalkClock(player, now: state.now)
        title = player.demo.title
        chapter = player.chapter.title
        (number, chapters) = (player.place.chapter + 1, player.demo.chapters.count)
        (notes, captionNotes, caption) = (player.chapter.notes, player.caption.notes, player.caption.text)
        let following = player.next
        next = following.map { player.demo[$0].text } ?? ""
        nextChapter =
            following.flatMap { $0.chapter == player.place.chapter ? nil : player.demo.chapters[$0.chapter].title }
            ?? ""
        (isLive, isDark) = (player.isLive, player.isDark)
        // Whole seconds: the screen tells no less, and equal notes are sent once.
        (elapsed, inChapter) = (clock.elapsed.rounded(.down), clock.inChapter.rounded(.down))
        (chapterPlan, plan) = (clock.chapterPlan, clock.plan)
        wholePlan = player.demo.chapters.indices.reduce(0) { $0 + player.demo.planned($1) }
    }

    /// One line, its end included.
    public var line: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return ((try? encoder.encode(self)) ?? Data()) + Data([0x0A])
    }

    /// Reads a line; nil where it is none.
    /// - Parameter line: Without its end.
    public init?(line: Data) {
        guard let note = try? JSONDecoder().decode(SpeakerNote.self, from: line) else { return nil }
        self = note
    }
}

import Measurement
import Screen

/// How a talk stands against the time that was planned for it.
public struct TalkClock: Sendable, Equatable {
    /// Seconds since it began, and since its chapter began.
    public var elapsed, inChapter: Double
    /// Seconds that the chapter may take, and that the talk may have taken when it ends.
    public var chapterPlan, plan: Double

    /// Of a talk at a moment.
    /// - Parameters:
    ///   - player: The talk.
    ///   - now: Seconds since the dashboard opened.
    init(_ player: DemoPlayer, now: Double) {
        elapsed = max(0, now - player.begun)
        inChapter = max(0, now - player.chapterBegun)
        let chapters = player.demo.chapters
        chapterPlan = player.demo.planned(player.place.chapter)
        plan = (0...player.place.chapter).reduce(0) {
            $0 + (chapters.indices.contains($1) ? player.demo.planned($1) : 0)
        }
    }

    /// Green while there is time, yellow when a tenth more than planned is gone, red after.
    var role: Theme.Role {
        elapsed <= plan ? .good : elapsed <= 1.1 * plan ? .warn : .error
    }

    /// "3:12", and what of it was planned: "3:12 of 5:00".
    var text: String { Self.time(elapsed) }
    var long: String { "\(Self.time(elapsed)) of \(Self.time(plan))" }

    /// Minutes and seconds.
    /// - Parameter seconds: At least 0.
    static func time(_ seconds: Double) -> String {
        let whole = Int(held: max(0, seconds))
        let rest = whole % 60
        return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}

extension Demo {
    /// Seconds planned for a chapter: as its file says, or as long as it takes by itself.
    func planned(_ chapter: Int) -> Double {
        chapters[chapter].planned
            ?? chapters[chapter].captions.indices.reduce(0) { $0 + seconds(at: Place(chapter: chapter, caption: $1)) }
    }
}

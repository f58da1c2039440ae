import Simulation

/// Where a talk stands: a value, changed only by ``update(_:_:)``.
public struct DemoPlayer: Sendable {
    public internal(set) var demo: Demo
    public var mode: Mode
    public internal(set) var place: Demo.Place
    /// Whether a person has taken over; Enter goes back to the talk.
    public internal(set) var isLive = false
    /// Whether the screen is dark, so that people look at the speaker.
    public internal(set) var isDark = false
    /// The steps at which conditions came true, by caption.
    public internal(set) var met: [Demo.Place: Int] = [:]
    /// How far the caption's script is; nil until the engine has got to it.
    public internal(set) var position: Script.Position?

    /// Makes paces faster and stays shorter.
    let speed: Double
    /// A theme that the person asked for, before any that the demo names.
    var ownTheme: String?
    /// A pace that the person chose, until the next chapter.
    var ownPace: Pace?
    /// Counts scripts, so that snapshots of an older one are told apart.
    var scriptID = 0
    var hasBegun = false
    /// When its chapter began, and until when the chapter's card stands.
    var chapterBegun = 0.0
    var cardUntil = -Double.infinity
    /// When the talk began, when the caption was shown, and when a person last pressed a key.
    var begun = 0.0
    var shownAt: Double?
    var touchedAt = 0.0
    /// When a demo that nobody attends goes on after a failure.
    var retryAt: Double?
    /// The theme that the person had before the demo named one.
    var themeBefore: String?
    /// When a person asked to leave, until he asks again.
    var leaveAskedAt = -Double.infinity

    /// Who turns the pages.
    public enum Mode: Sendable, Equatable {
        /// A person.
        case presented
        /// Nobody, for ever: what goes wrong is passed over.
        case kiosk
        /// Nobody, to the end: for a recording.
        case once

        var isUnattended: Bool { self != .presented }
    }

    /// - Parameters:
    ///   - demo: What is played.
    ///   - mode: Who turns the pages.
    ///   - chapter: Where it begins, from 0; the nearest that there is.
    ///   - speed: By how much its times are shortened.
    ///   - theme: Holds against every theme that the demo names.
    public init(demo: Demo, mode: Mode = .presented, chapter: Int = 0, speed: Double = 1, theme: String? = nil) {
        self.demo = demo
        self.mode = mode
        self.speed = speed
        ownTheme = theme
        place = demo.nearest(to: .init(chapter: chapter))
    }

    public var chapter: Demo.Chapter { demo.chapters[place.chapter] }
    public var caption: Demo.Caption { demo[place] }

    /// Whether all that the caption runs has been run.
    public var isCaptionDone: Bool { position?.isDone ?? false }

    /// Whether the picture is the caption's: its data are made and the way to it is run.
    public var isShown: Bool { shownAt != nil }

    /// Whether a chapter has just begun, and its card stands where captions do.
    func showsCard(at now: Double) -> Bool { !isLive && now < cardUntil }

    var next: Demo.Place? { demo.places.first { $0 > place } }
    var previous: Demo.Place? { demo.places.last { $0 < place } }

    /// Whether the Prefill view opens with this caption, so that there must be something in it to see.
    func beginsPrefill(_ snapshot: Snapshot) -> Bool {
        guard caption.look.view == .prefill else { return false }
        let isOpen = place.caption > 0 && chapter.captions[place.caption - 1].look.view == .prefill
        return !isOpen || snapshot.prefill == nil
    }

    func pace(of look: Demo.Look) -> Pace {
        if let ownPace { return ownPace }
        guard case .stepsPerSecond(let rate) = look.pace, speed != 1 else { return look.pace }
        return .stepsPerSecond(rate * speed)
    }

    /// How long a person may leave a demo alone that he touched, in seconds.
    static let patience = 60.0
    /// How long after a failure a demo that nobody attends goes on, in seconds.
    static let pauseAfterFailure = 2.0
    /// How long a first request to leave counts, in seconds.
    static let secondThought = 3.0
}

/// What a person, or a changed file, asks of a demo.
public enum DemoAction: Sendable {
    case next, back
    case chapter(by: Int)
    case restart
    /// Opens the list of chapters.
    case list
    /// The file was edited: the demo as it is now.
    case reloaded(Demo)
}

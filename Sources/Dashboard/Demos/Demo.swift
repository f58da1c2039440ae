import Foundation
import Simulation

/// A talk that plays itself: chapters of captions, each with what runs under it and what is seen.
///
/// Everything in it is resolved: a caption says all of its settings and looks, whatever stood before it, so that it can
/// be reached from anywhere.
public struct Demo: Sendable {
    /// The file's name without its ending.
    public var name: String
    public var title: String
    /// One line for the list of demos.
    public var about: String
    /// The least screen that it is made for, in cells.
    public var size: (width: Int, height: Int)
    /// Whether it begins anew after its end, as on a poster screen.
    public var loops = false
    /// The files that it was read from, its own first: a change of any of them changes it.
    public var sources: [URL] = []
    /// How many of its chapters, the first, are other demos': they are checked there.
    public var included = 0
    /// At least one, each with at least one caption.
    public var chapters: [Chapter]

    public struct Chapter: Sendable {
        public var title: String
        /// What the speaker says; not on the screen.
        public var notes: String
        /// Seconds that it may take when a person tells it; nil for as long as it takes by itself.
        public var planned: Double?
        /// Decoded unseen before the first caption, so that it opens on a full picture.
        public var start: Script.Stretch
        public var captions: [Caption]
    }

    public struct Caption: Sendable {
        public var text: String
        public var notes: String
        /// What runs while it stands: the settings, for so many steps or until a condition holds.
        public var stretches: [Script.Stretch]
        /// The condition of the last stretch, as it is written.
        public var condition: Condition?
        public var expectations: [Condition]
        /// The figures on which it rests, the most telling first, and their line in the file.
        public var claims: [Claim] = []
        public var claimLine: Int?
        public var look: Look
        /// How long it stands when nobody presses a key, in seconds, once its steps are done.
        public var stay: Double
        /// Its line in the file.
        public var line: Int?
    }

    /// What a caption shows.
    public struct Look: Sendable, Equatable {
        public var view = ViewKind.race
        public var pace = Pace.initial
        /// nil leaves the person's own.
        public var theme: String?
        /// Panels of the view, by number.
        public var focus: Int?
        public var highlight: Int?
        public var isExpanded = false
        /// Whether the view stands still once the steps are done.
        public var freezes = false
        /// Whether the heatmap's columns stand in the index's order.
        public var isSorted = false
        /// Whether one step is told slowly, over the Index view.
        public var isSlow = false

        public init() {}
    }

    /// A caption's address: chapter and caption, from 0.
    public struct Place: Sendable, Hashable, Comparable {
        public var chapter: Int
        public var caption: Int

        public init(chapter: Int = 0, caption: Int = 0) {
            self.chapter = chapter
            self.caption = caption
        }

        public static func < (a: Place, b: Place) -> Bool {
            (a.chapter, a.caption) < (b.chapter, b.caption)
        }
    }

    /// Every address in order.
    public var places: [Place] {
        chapters.indices.flatMap { chapter in
            chapters[chapter].captions.indices.map { Place(chapter: chapter, caption: $0) }
        }
    }

    public subscript(place: Place) -> Caption { chapters[place.chapter].captions[place.caption] }

    /// The nearest address that there is.
    public func nearest(to place: Place) -> Place {
        let chapter = min(max(place.chapter, 0), chapters.count - 1)
        return Place(
            chapter: chapter,
            caption: place.chapter > chapter ? 0 : min(max(place.caption, 0), chapters[chapter].captions.count - 1))
    }

    /// How long it takes when nobody presses a key, in seconds.
    public var duration: Double {
        places.reduce(0) { $0 + seconds(at: $1) }
    }

    /// How long a caption takes when nobody presses a key: its steps at its pace, or its stay if that is longer.
    public func seconds(at place: Place) -> Double {
        let caption = self[place]
        let steps = caption.stretches.reduce(0) { $0 + $1.steps }
        guard case .stepsPerSecond(let rate) = caption.look.pace else { return caption.stay }
        return max(caption.stay, Double(steps) / rate)
    }
}

/// What is wrong with a demo, and where: `path:line: sentence`.
public struct DemoError: Error, Equatable, CustomStringConvertible {
    public var path: String
    /// From 1; nil where no line is to blame.
    public var line: Int?
    /// From 1; told where the text is no TOML.
    public var column: Int?
    public var sentence: String
    /// Whether there is no file to be wrong: it is missing or cannot be read.
    public var isMissing = false

    public var description: String { told(of: path) }

    /// The same with the file's name alone, for a line of the screen.
    public var short: String { told(of: URL(fileURLWithPath: path).lastPathComponent) }

    private func told(of file: String) -> String {
        Text.mistake(in: file, line: line, column: column, sentence)
    }
}

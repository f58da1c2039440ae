import Measurement
import Screen
import Simulation

extension Demo {
    /// What the speaker says, as a text of at most `columns` to read from paper or from a second screen.
    public func notesText(columns: Int = 76) -> String {
        var lines = [title, String(repeating: "=", count: min(columns, title.count)), ""]
        if about != title { lines += about.wrapped(to: columns) + [""] }
        lines.append("\(Self.minutes(duration)) by itself, \(chapters.count) chapters")
        for (number, chapter) in chapters.enumerated() {
            lines += ["", "\(number + 1). \(chapter.title)", ""]
            for paragraph in chapter.notes.paragraphs { lines += paragraph.wrapped(to: columns) + [""] }
            for caption in chapter.captions {
                let text = caption.text.wrapped(to: columns - 4)
                lines += text.enumerated().map { ($0 == 0 ? "  > " : "    ") + $1 }
                for paragraph in caption.notes.paragraphs {
                    lines += paragraph.wrapped(to: columns - 6).map { "      " + $0 }
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// "5 min 20 s".
    public static func minutes(_ seconds: Double) -> String {
        let seconds = Int(held: seconds.rounded())
        return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min" + (seconds % 60 == 0 ? "" : " \(seconds % 60) s")
    }

    /// The same demo over other data.
    public func seeded(_ seed: UInt64) -> Demo {
        func seeded(_ stretch: Script.Stretch) -> Script.Stretch {
            var stretch = stretch
            stretch.settings.seed = seed
            return stretch
        }
        var demo = self
        for chapter in demo.chapters.indices {
            demo.chapters[chapter].start = seeded(demo.chapters[chapter].start)
            for caption in demo.chapters[chapter].captions.indices {
                demo.chapters[chapter].captions[caption].stretches =
                    demo.chapters[chapter].captions[caption].stretches.map(seeded)
            }
        }
        return demo
    }

    /// A chapter by its number, from 1, or by its title or a part of it.
    public func chapter(_ name: String) -> Int? {
        if let number = Int(name) { return number >= 1 && number <= chapters.count ? number - 1 : nil }
        let titles = chapters.map { $0.title.lowercased() }
        return titles.firstIndex(of: name.lowercased()) ?? titles.firstIndex { $0.contains(name.lowercased()) }
    }
}

extension String {
    /// Parts between empty lines, each as one line.
    fileprivate var paragraphs: [String] {
        var paragraphs: [[Substring]] = [[]]
        for line in split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(separator: " ")
            if words.isEmpty { paragraphs.append([]) } else { paragraphs[paragraphs.count - 1] += words }
        }
        return paragraphs.filter { !$0.isEmpty }.map { $0.joined(separator: " ") }
    }
}

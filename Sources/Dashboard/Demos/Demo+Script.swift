import Simulation

extension Demo {
    /// What the engine runs for a caption: the way there as fast as it can, then what runs under it.
    ///
    /// The way begins where the data were last made anew, at the earliest with the chapter: a place depends on its seed,
    /// its chapter and steps, and on nothing that happened before.
    /// - Parameters:
    ///   - place: The caption.
    ///   - id: What the engine calls the script in its snapshots.
    ///   - keepsHistory: Whether the plots go on where the data are new, as they do when a talk goes forward.
    ///   - holds: Whether the engine stands still at the caption's end.
    public func script(to place: Place, id: Int, keepsHistory: Bool = false, holds: Bool = false) -> Script {
        let chapter = chapters[place.chapter]
        var way = [chapter.start] + chapter.captions[..<place.caption].flatMap(\.stretches)
        let under = self[place].stretches
        // What lies before the last making of the data leaves no trace in them.
        let whole = way + under
        let start = (1...way.count).last { at in
            whole.indices.contains(at) && !whole[at].settings.sharesData(with: whole[at - 1].settings)
        }
        if let start { way.removeFirst(min(start, way.count)) }
        return Script(
            id: id, stretches: way + under, skipped: way.count, holds: holds,
            keepsHistory: keepsHistory && start == chapters[place.chapter].stretchCount(before: place.caption))
    }
}

extension Demo.Chapter {
    /// The stretches on the way to a caption.
    func stretchCount(before caption: Int) -> Int {
        1 + captions[..<caption].reduce(0) { $0 + $1.stretches.count }
    }
}

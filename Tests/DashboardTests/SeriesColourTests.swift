import Screen
import Testing

@testable import Dashboard

/// What stands side by side in one plot is told apart by its colour, in every theme and at every depth.
@Suite struct SeriesColourTests {
    /// Series that one panel draws together.
    private static let together: [[Theme.Series]] = [
        // Accuracy's curves, and those of the break-even.
        [.hsr, .tested, .bound, .naive],
        // The levels of a tree, and the fates of keys.
        [.pruned, .tested, .whole], [.tested, .reported, .whole],
        // The bars of the entries.
        [.reported, .tested, .bound, .pruned],
    ]

    /// In Oklab, where 0.02 is about the least that is seen.
    private static let least = 0.06

    /// As a terminal of a depth shows it.
    private func shown(_ colour: Colour, _ depth: ColourDepth) throws -> Oklab {
        let index = depth == .palette256 ? XtermPalette.nearest(to: colour) : nil
        let seen = try index.map { try #require(XtermPalette.colour($0)) } ?? colour
        return try #require(Oklab(seen))
    }

    @Test(arguments: ThemeLibrary.standard.all().themes.filter { $0.kind != .mono }.map(\.name))
    func noTwoAreTakenForEachOther(_ name: String) throws {
        let theme = try ThemeLibrary.standard.theme(name)
        for depth in [ColourDepth.trueColour, .palette256] {
            let adapted = theme.adapted(to: depth)
            for group in Self.together {
                for (i, a) in group.enumerated() {
                    for b in group[(i + 1)...] {
                        let distance = try shown(adapted[a], depth).squaredDistance(to: shown(adapted[b], depth))
                        #expect(
                            distance.squareRoot() >= Self.least,
                            "\(name) at \(depth): \(a) and \(b) are \(distance.squareRoot()) apart")
                    }
                }
            }
        }
        // Of eight colours each has its own.
        let eight = theme.adapted(to: .eight)
        for group in Self.together {
            #expect(Set(group.map { "\(eight[$0])" }).count == group.count, "\(name) with eight colours: \(group)")
        }
    }

    /// Characters that every screen has keep the mathematics readable.
    @Test func plainCharactersKeepTheMathematics() throws {
        let snapshot = try Fixture.framed()
        for view in ViewKind.allCases {
            var state = Fixture.state(120, 40, snapshot)
            state.view = view
            state.glyphs = .ascii
            let text = Fixture.picture(state).plainText
            for character in text.unicodeScalars where character.value > 0x7E && character.value != 0xA0 {
                Issue.record("\(view) writes \"\(character)\" where only ASCII can be shown")
                return
            }
        }
    }
}

import Foundation
import Screen
import Simulation
import Testing

@testable import Dashboard

/// Every word that a panel draws is either explained or so plain that it needs no explanation: a new one has to be
/// put into the glossary, or into the list of plain words beside this file.
@Suite struct GlossaryTests {
    private static func words(_ lines: [String]) -> Set<String> {
        var words: Set<String> = []
        for line in lines {
            // What is cut off is no word.
            let whole = line.replacingOccurrences(of: "[^ ]*\u{2026}", with: " ", options: .regularExpression)
            for word in whole.split(whereSeparator: { !$0.isLetter && $0 != "'" }) where word.count > 1 {
                let word = word.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "'"))
                if word.unicodeScalars.allSatisfy({ $0.value < 0x2500 }) { words.insert(word) }
            }
        }
        return words
    }

    private static let explained = words(Glossary.entries.flatMap(\.forms))

    private static func plain() throws -> Set<String> {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("PlainWords.txt")
        return words(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    /// What panels draw with figures of every kind in them.
    private static func drawn() throws -> Set<String> {
        var snapshots = [
            Fixture.standard, try Fixture.framed(), Fixture.worded(), Fixture.snapshot(with: Fixture.sweep),
        ]
        snapshots += [.quantised, .boxes, .brute].map(Fixture.flat)
        snapshots.append(Fixture.snapshot(with: Fixture.geometry()))
        snapshots.append(Snapshot())
        var softmax = try Fixture.framed()
        softmax.settings.activation = .softmax
        snapshots.append(softmax)
        var entmax = try Fixture.framed()
        entmax.settings.activation = .entmax(alpha: 1.5)
        snapshots.append(entmax)
        var words: Set<String> = []
        for snapshot in snapshots {
            for view in ViewKind.allCases {
                for (width, height) in [(80, 24), (120, 40), (200, 60)] {
                    var state = Fixture.state(width, height, snapshot)
                    state.view = view
                    let context = RenderContext(state, cache: RenderCache())
                    words.formUnion(Self.words(view.view.message(context)))
                    for place in view.view.layout(in: ScreenAreas(state).view, traits: LayoutTraits(state)) {
                        var buffer = Buffer(width: place.rect.width, height: place.rect.height)
                        view.panels[place.panel].draw(
                            into: &buffer, rect: buffer.bounds, context: context, isFocused: false)
                        words.formUnion(Self.words(buffer.plainLines))
                    }
                }
            }
        }
        return words
    }

    @Test func everyWordOnAPanelIsExplainedOrPlain() throws {
        // Words cut short by a narrow panel, and those of the trace that a fixture invents, are no terms.
        let unknown = try Self.drawn().subtracting(Self.explained).subtracting(try Self.plain())
        #expect(
            unknown.isEmpty,
            "explain them in the glossary, or list them as plain: \(unknown.sorted().joined(separator: " "))")
    }

    @Test func theGlossaryIsPlainAndHasEachTermOnce() {
        let terms = Glossary.entries.map(\.term)
        #expect(Set(terms).count == terms.count)
        for entry in Glossary.entries {
            #expect(
                entry.meaning.count > 8 && entry.meaning.count <= 110 && !entry.meaning.hasSuffix("."), "\(entry.term)")
        }
    }

    @Test func aWordCountsByItselfAlone() {
        #expect("calibrated b = 3.02".holds(word: "b") && !"boxes".holds(word: "b"))
        #expect("n^0.8     1 146".holds(word: "n^0.8") && !"2n^0.8".holds(word: "n"))
        #expect("score \u{2265} b: in".holds(word: "\u{2265} b"))
    }
}

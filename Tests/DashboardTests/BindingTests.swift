import Screen
import Testing

@testable import Dashboard

@Suite struct BindingTests {
    let table = BindingTable.standard

    @Test func everyKeyIsListedOnce() {
        #expect(table.duplicates == [])
    }

    @Test func aKeyListedTwiceIsFound() {
        let twice = Binding(.character("q"), action: .help, title: "", short: "", group: .run)
        #expect(BindingTable(table.bindings + [twice]).duplicates == [.character("q")])
    }

    @Test func theKeysOfTheDesignAreThere() {
        for letter in "q? .f dDaAbBnNrRxcwiotT e10<>uhjkl" where letter != " " || table[.character(" ")] == nil {
            #expect(table[.character(letter)] != nil, "\(letter)")
        }
        for key in [Key.tab, .escape, .enter, .control("l"), .control("z"), .up, .down, .left, .right] {
            #expect(table[key] != nil, "\(key)")
        }
    }

    @Test func theFooterJoinsNeighboursAndEndsWithQuit() {
        #expect(table.footer.last == .init(keys: "q", title: "quit"))
        #expect(table.footer.first == .init(keys: "?", title: "help"))
        #expect(table.footer.contains(.init(keys: "t/T", title: "theme")) == false)
        #expect(table.keys(of: .dimension) == "d/D")
        #expect(table.keys(of: .rule) == "c")
    }

    @Test func everyLineOfTheHelpFitsTheSmallestScreen() {
        var state = Fixture.state()
        for selected in table.helpLines.indices {
            state.overlay = .help(HelpPage(tab: .keys, selected: selected))
            #expect(!Fixture.picture(state).plainLines.dropFirst().dropLast().joined().contains("…"))
        }
    }

    @Test func theManualHasALineForEveryBinding() {
        let lines = table.markdown.split(separator: "\n")
        #expect(lines.count == table.bindings.count + 2)
        #expect(lines.contains { $0.contains("`q`") && $0.contains("quit") })
    }
}

import Foundation
import Testing

@testable import HalfSpace

@Suite struct IndexKindTests {
    @Test func everyKindHasANameOfItsOwnAndWords() {
        let kinds = IndexKind.allCases
        #expect(Set(kinds.map(\.rawValue)).count == kinds.count && Set(kinds).count == kinds.count)
        for kind in kinds {
            #expect(kind.rawValue.wholeMatch(of: /[a-z]+/) != nil && kind.rawValue != "auto" && kind.rawValue != "all")
            #expect(IndexKind(rawValue: kind.rawValue) == kind && IndexKind.names.contains(kind.rawValue))
            #expect(!kind.description.summary.isEmpty && !kind.description.summary.hasSuffix("."))
            // An index either tells the fate of every key, or says in a sentence how it looks at them.
            let words = kind.description
            #expect(words.hasLevels == (words.reading == nil) && words.hasLevels == (words.outlines != nil))
        }
        #expect(IndexKind(rawValue: "auto") == nil && IndexKind(rawValue: "") == nil)
    }

    @Test func aKindIsCodedByItsName() throws {
        let choices = [IndexChoice.auto] + IndexKind.allCases.map(IndexChoice.fixed)
        let coded = try JSONEncoder().encode(choices)
        #expect(try JSONDecoder().decode([IndexChoice].self, from: coded) == choices)
        let kinds = try JSONDecoder().decode([IndexKind].self, from: Data(#"["tree","boxes"]"#.utf8))
        #expect(kinds == [.tree, .boxes])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([IndexKind].self, from: Data(#"["hedge"]"#.utf8))
        }
    }
}

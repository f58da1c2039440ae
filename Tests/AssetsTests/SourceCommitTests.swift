import Testing

@testable import Assets

@Suite struct SourceCommitTests {
    private let hash = String(repeating: "0123456789", count: 4)

    @Test func onlyACommitThatIsKnownIsClaimed() {
        #expect(SourceCommit.commit(head: "ref: refs/heads/main\n", main: hash + "\n") == "012345678901")
        #expect(SourceCommit.commit(head: hash + "\n", main: "") == "012345678901")
        #expect(SourceCommit.commit(head: "ref: refs/heads/other\n", main: hash + "\n") == nil)
        #expect(SourceCommit.commit(head: "ref: refs/heads/main\n", main: "") == nil)
        #expect(SourceCommit.commit(head: "", main: "") == nil)
    }
}

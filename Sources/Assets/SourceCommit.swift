import CEmbedded

/// The commit that the program was built from.
public enum SourceCommit {
    /// Its first twelve digits; nil where the build saw no repository, or one on a branch whose commit it did not see.
    public static var short: String? {
        commit(head: String(cString: ce_head()), main: String(cString: ce_main_commit()))
    }

    /// What a repository's HEAD points at, given the commit of its branch main.
    static func commit(head: String, main: String) -> String? {
        let head = head.prefix { !$0.isNewline }
        let commit = head == "ref: refs/heads/main" ? main.prefix { !$0.isNewline } : head
        guard commit.count >= 40, commit.allSatisfy(\.isHexDigit) else { return nil }
        return String(commit.prefix(12))
    }
}

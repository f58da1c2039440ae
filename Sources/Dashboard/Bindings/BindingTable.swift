import Screen

/// The bindings in the order of the help, and what is made of them.
public struct BindingTable: Sendable {
    public let bindings: [Binding]
    private let byKey: [Key: Binding]

    /// A key that is listed twice serves its first binding; ``duplicates`` tells of it.
    public init(_ bindings: [Binding]) {
        self.bindings = bindings
        byKey = Dictionary(bindings.flatMap { binding in binding.keys.map { ($0, binding) } }) { first, _ in first }
    }

    /// The binding of a key.
    public subscript(key: Key) -> Binding? { byKey[key] }

    /// What a key does; ctrl-C always leaves at once.
    public func action(of key: Key) -> Action? {
        key == .control("c") ? .quit : self[key]?.action
    }

    /// Keys that stand in more than one binding: none in a sound table.
    public var duplicates: [Key] {
        var seen: Set<Key> = []
        return bindings.flatMap(\.keys).filter { !seen.insert($0).inserted }
    }

    /// One entry of the footer or one line of the help: "d/D", "1-7".
    public struct Entry: Sendable, Equatable {
        public var keys: String
        public var title: String
    }

    /// What the footer shows, in order.
    public var footer: [Entry] {
        footerRuns.map { Entry(keys: Self.label($0), title: $0[0].short) }
    }

    /// The bindings behind each entry of the footer.
    var footerRuns: [[Binding]] { merged(bindings.filter(\.isInFooter)) }

    /// The bindings in the order of the help: group by group.
    public var helpLines: [Binding] {
        Binding.Group.allCases.flatMap { group in bindings.filter { $0.group == group } }
    }

    /// The keys of a parameter, "d/D".
    public func keys(of parameter: Parameter) -> String {
        let own = bindings.filter { if case .change(parameter, _) = $0.action { true } else { false } }
        return own.isEmpty ? "" : Self.label(own)
    }

    /// Neighbours with the same short title, together.
    private func merged(_ bindings: [Binding]) -> [[Binding]] {
        bindings.reduce(into: []) { runs, binding in
            if let last = runs.last?.last, last.short == binding.short {
                runs[runs.count - 1].append(binding)
            } else {
                runs.append([binding])
            }
        }
    }

    private static func label(_ run: [Binding]) -> String {
        let first = run.map { $0.keys.first?.label ?? "" }
        return first.count > 2 ? "\(first[0])-\(first[first.count - 1])" : first.joined(separator: "/")
    }

    /// The keys as a table in Markdown, for the manual.
    public var markdown: String {
        var lines = ["| key | what it does |", "|---|---|"]
        for binding in helpLines {
            lines.append("| \(binding.keys.map { "`\($0.label)`" }.joined(separator: " ")) | \(binding.title) |")
        }
        return lines.joined(separator: "\n")
    }
}

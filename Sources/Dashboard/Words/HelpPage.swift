import Screen

/// What `?` and `/` open: the words of the present view, the keys, and a search in both.
public struct HelpPage: Sendable, Equatable {
    public enum Tab: Sendable, Equatable { case words, keys }

    public var tab = Tab.words
    /// The selected line, from 0; of the keys, Enter runs it.
    public var selected = 0
    /// What is searched for; nil where all is shown.
    public var search: String?
    /// Whether keys are letters of the search.
    public var isTyping = false
    /// Whether it lists actions alone, of which Enter runs the selected one at once.
    public var isPalette = false

    /// - Parameters:
    ///   - tab: What is shown first.
    ///   - selected: The selected line.
    public init(tab: Tab = .words, selected: Int = 0) {
        (self.tab, self.selected) = (tab, selected)
    }

    /// The longest search, in letters.
    static let longest = 40
}

/// What a page of help lists.
struct HelpItems {
    enum Item {
        case heading(String)
        case paragraph(String)
        case word(Glossary.Entry)
        case binding(Binding)

        var isSelectable: Bool {
            switch self {
            case .heading, .paragraph: false
            case .word, .binding: true
            }
        }
    }

    let items: [Item]

    /// - Parameter lines: What is on the screen below the page.
    init(_ page: HelpPage, view: ViewKind, reading: [String], lines: [String]) {
        if page.isPalette {
            items = Self.keys(Self.bindings(page.search ?? ""))
        } else if let search = page.search, !search.isEmpty {
            items = Self.found(search)
        } else if page.tab == .keys {
            items = Self.keys(BindingTable.standard.helpLines)
        } else {
            items =
                [.heading("how to read \(view.title)")] + reading.map(Item.paragraph) + [
                    .heading("words on this screen")
                ]
                + Glossary.present(in: lines).map(Item.word)
        }
    }

    /// Of a state: the words are those of its view.
    init(_ state: DashboardState, page: HelpPage) {
        var below = state
        below.overlay = nil
        below.toasts = []
        let lines = page.tab == .words && page.search == nil ? Renderer().render(below).plainLines : []
        self.init(page, view: state.view, reading: [], lines: lines)
    }

    /// In both: the words first.
    private static func found(_ search: String) -> [Item] {
        let wanted = search.lowercased()
        func holds(_ text: String) -> Bool { text.lowercased().contains(wanted) }
        let words = Glossary.entries.filter { $0.forms.contains(where: holds) || holds($0.meaning) }
        let bindings = Self.bindings(search)
        return [.heading(words.isEmpty && bindings.isEmpty ? "nothing is called so" : "words")] + words.map(Item.word)
            + keys(bindings)
    }

    /// Whose name, group or key it is.
    private static func bindings(_ search: String) -> [Binding] {
        let wanted = search.lowercased()
        guard !wanted.isEmpty else { return BindingTable.standard.helpLines }
        return BindingTable.standard.helpLines.filter { binding in
            binding.title.lowercased().contains(wanted) || binding.short.lowercased().contains(wanted)
                || binding.keys.contains { $0.label == search }
        }
    }

    private static func keys(_ bindings: [Binding]) -> [Item] {
        var items: [Item] = []
        for (i, binding) in bindings.enumerated() {
            if i == 0 || bindings[i - 1].group != binding.group { items.append(.heading(binding.group.rawValue)) }
            items.append(.binding(binding))
        }
        return items
    }

    /// The items that a person can select, in order.
    var selectable: [Item] { items.filter(\.isSelectable) }

    /// What Enter runs.
    func action(of selected: Int) -> Action? {
        guard selectable.indices.contains(selected), case .binding(let binding) = selectable[selected] else {
            return nil
        }
        return binding.action
    }
}

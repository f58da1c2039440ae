/// A table while the text is read: what may still be added to it depends on how it came about.
final class TableNode {
    enum Origin {
        /// On the way to a table with a header of its own: it may get one later.
        case path
        /// By a header, or an element of a list of tables.
        case header
        /// By a dotted key: it may get further dotted keys, and tables below it, but no header.
        case dotted
        /// Written in one line: closed.
        case inline
    }

    enum Content {
        case value(TOMLValue)
        case table(TableNode)
        /// By `[[headers]]`; the last is the open one.
        case tables(TableList)
    }

    private struct Slot {
        var key: String
        var content: Content
        var line: Int
    }

    var origin: Origin
    let line: Int?
    private var slots: [Slot] = []
    private var places: [String: Int] = [:]

    init(_ origin: Origin, line: Int?) {
        (self.origin, self.line) = (origin, line)
    }

    subscript(key: String) -> Content? { places[key].map { slots[$0].content } }

    func line(of key: String) -> Int? { places[key].map { slots[$0].line } }

    /// Adds a key that is not there yet.
    func add(_ key: String, _ content: Content, line: Int) {
        places[key] = slots.count
        slots.append(Slot(key: key, content: content, line: line))
    }

    /// - Complexity: O(everything below); its depth is bounded by ``TOMLReader/deepest``.
    var table: TOMLTable {
        TOMLTable(
            line: line,
            entries: slots.map { slot in
                let value: TOMLValue =
                    switch slot.content {
                    case .value(let value): value
                    case .table(let node): .table(node.table)
                    case .tables(let nodes): .array(nodes.elements.map { .table($0.table) })
                    }
                return TOMLTable.Entry(key: slot.key, value: value, line: slot.line)
            })
    }
}

/// The elements of a list of tables while the text is read.
final class TableList {
    var elements: [TableNode]

    init(_ first: TableNode) { elements = [first] }
}

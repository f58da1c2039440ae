import PlainText
import TOML

/// A table of a demo file, read strictly: a wrong type and a key that nobody asked for are errors with their line.
struct DemoSection {
    /// A value that a parameter can take.
    enum Scalar: Equatable {
        case whole(Int)
        case number(Double)
        case text(String)
    }

    let table: TOMLTable
    /// Where it begins; nil at the top.
    let line: Int?
    let file: String

    /// - Parameter key: What is to blame; the table itself where it is nil or not there.
    func error(_ key: String?, _ sentence: String) -> DemoError {
        DemoError(path: file, line: key.flatMap(table.line) ?? line, sentence: sentence)
    }

    /// Refuses keys beside `known`, in the order of the lines.
    func check(keys known: [String], in place: String) throws(DemoError) {
        guard let unknown = table.keys.first(where: { !known.contains($0) }) else { return }
        throw error(unknown, Suggestion.unknown("key of \(place)", unknown, among: known))
    }

    func has(_ key: String) -> Bool { table[key] != nil }

    func text(_ key: String) throws(DemoError) -> String? {
        guard let value = table[key] else { return nil }
        guard let text = value.string else { throw error(key, "\(key) must be a text in quotation marks.") }
        return text
    }

    /// A text that is one line wherever it is shown.
    func title(_ key: String) throws(DemoError) -> String? { try text(key)?.plain() }

    func whole(_ key: String, in range: ClosedRange<Int>) throws(DemoError) -> Int? {
        guard let value = table[key] else { return nil }
        guard let whole = value.int, range.contains(whole) else {
            throw error(key, "\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return whole
    }

    func number(_ key: String, in range: ClosedRange<Double>) throws(DemoError) -> Double? {
        guard let value = table[key] else { return nil }
        guard let number = value.double ?? value.int.map(Double.init), range.contains(number) else {
            throw error(
                key, "\(key) must be a number from \(Text.short(range.lowerBound)) to \(Text.short(range.upperBound)).")
        }
        return number
    }

    func flag(_ key: String) throws(DemoError) -> Bool? {
        guard let value = table[key] else { return nil }
        guard let flag = value.bool else { throw error(key, "\(key) must be true or false.") }
        return flag
    }

    /// A list of texts; one text alone is a list of one.
    func texts(_ key: String) throws(DemoError) -> [String] {
        guard let value = table[key] else { return [] }
        if let text = value.string { return [text] }
        guard let array = value.array else { throw error(key, "\(key) must be a list of texts.") }
        var texts: [String] = []
        for element in array {
            guard let text = element.string else { throw error(key, "\(key) must be a list of texts.") }
            texts.append(text)
        }
        return texts
    }

    func scalar(_ key: String) throws(DemoError) -> Scalar? {
        guard let value = table[key] else { return nil }
        return try scalar(value, key)
    }

    func scalars(_ key: String) throws(DemoError) -> [Scalar]? {
        guard let value = table[key] else { return nil }
        guard let array = value.array, array.count > 0 else {
            throw error(key, "\(key) must be a list of at least one value.")
        }
        var scalars: [Scalar] = []
        for element in array { scalars.append(try scalar(element, key)) }
        return scalars
    }

    private func scalar(_ value: TOMLValue, _ key: String) throws(DemoError) -> Scalar {
        if let text = value.string { return .text(text) }
        if let whole = value.int { return .whole(whole) }
        if let number = value.double, number.isFinite { return .number(number) }
        throw error(key, "\(key) must be a number or a text.")
    }

    func section(_ key: String) throws(DemoError) -> DemoSection? {
        guard let value = table[key] else { return nil }
        guard let table = value.table else { throw error(key, "\(key) must be a table: { key = value }.") }
        return DemoSection(table: table, line: table.line, file: file)
    }

    func sections(_ key: String) throws(DemoError) -> [DemoSection] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else { throw error(key, "\(key) must be a list of tables: write [[\(key)]].") }
        var sections: [DemoSection] = []
        for element in array {
            guard let table = element.table else {
                throw error(key, "\(key) must be a list of tables: write [[\(key)]].")
            }
            sections.append(DemoSection(table: table, line: table.line, file: file))
        }
        return sections
    }
}

import Foundation
import PlainText
import Screen
import TOML

/// A theme as it stands in a file: what it sets itself, and the theme that it extends.
struct ThemeFile {
    var path: String
    var name: String
    var kind: Theme.Kind?
    var extends: String?
    var roles: [Theme.Role: Colour] = [:]
    var series: [Theme.Series: Colour] = [:]
    var ramps: [Theme.RampName: [Colour]] = [:]
    var palette256 = Theme.Override()
    var palette8 = Theme.Override()
    private let table: TOMLTable

    /// Reads a theme strictly: an unknown key, a wrong type or a bad colour is an error with its line.
    /// - Throws: ``ThemeError``.
    init(text: String, path: String) throws(ThemeError) {
        self.path = path
        do {
            table = try TOMLTable(text)
        } catch {
            throw ThemeError(path: path, line: error.line, column: error.column, sentence: error.sentence)
        }
        name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        // In the order of the lines, so that the first mistake is the one that is told.
        for entry in table.entries {
            let (key, value) = (entry.key, entry.value)
            switch key {
            case "name": name = try string(value, key).plain(60)
            case "extends": extends = try string(value, key)
            case "kind":
                let text = try string(value, key)
                guard let kind = Theme.Kind(rawValue: text) else {
                    throw error(key, "kind is \"\(text.plain(40))\"; it must be \(Self.list(Theme.Kind.self)).")
                }
                self.kind = kind
            case "roles": roles = try colours(value, key)
            case "series": series = try colours(value, key)
            case "ramps":
                for (ramp, value) in try entries(value, key, Theme.RampName.self) {
                    ramps[ramp] = try stops(value, "ramps.\(ramp.rawValue)")
                }
            case "roles256": palette256.roles = try indexed(value, key, XtermPalette.colour, "16 to 255")
            case "series256": palette256.series = try indexed(value, key, XtermPalette.colour, "16 to 255")
            case "ramps256":
                for (ramp, value) in try entries(value, key, Theme.RampName.self) {
                    palette256.ramps[ramp] = try levels(value, "ramps256.\(ramp.rawValue)")
                }
            case "roles8": palette8.roles = try indexed(value, key, Self.basic, "0 to 7")
            case "series8": palette8.series = try indexed(value, key, Self.basic, "0 to 7")
            default:
                throw error(
                    key,
                    "unknown key \"\(key.plain(40))\"; a theme has name, kind, extends, roles, series and ramps, and for small "
                        + "palettes roles256, series256, ramps256, roles8 and series8.")
            }
        }
        guard !name.isEmpty else { throw error("name", "the name is empty.") }
    }

    /// - Parameter key: "roles.text"; where there is no such key, its table is to blame.
    func error(_ key: String, _ sentence: String) -> ThemeError {
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        var line = table.line(of: parts[0])
        if parts.count > 1, let inside = table[parts[0]]?.table?.line(of: parts[1]) { line = inside }
        return ThemeError(path: path, line: line, sentence: sentence)
    }

    private func string(_ value: TOMLValue, _ key: String) throws(ThemeError) -> String {
        guard let text = value.string else { throw error(key, "\(key) must be a text in quotation marks.") }
        return text
    }

    private func colour(_ value: TOMLValue, _ key: String) throws(ThemeError) -> Colour {
        let text = try string(value, key)
        guard let colour = Colour(hex: text) else {
            throw error(key, "\"\(text.plain(40))\" is no colour; write \"#rrggbb\" with hexadecimal digits.")
        }
        return colour
    }

    /// The entries of a table whose keys are the names of an enumeration.
    private func entries<Name: RawRepresentable & CaseIterable>(
        _ value: TOMLValue, _ section: String, _ names: Name.Type
    ) throws(ThemeError) -> [(Name, TOMLValue)] where Name.RawValue == String {
        guard let table = value.table else {
            throw error(section, "\(section) must be a table: write [\(section)] and its keys below.")
        }
        var found: [(Name, TOMLValue)] = []
        for entry in table.entries {
            let key = entry.key
            guard let name = Name(rawValue: key) else {
                throw error(
                    "\(section).\(key)",
                    "unknown key \"\(key.plain(40))\" in [\(section)]; it knows \(Self.list(Name.self)).")
            }
            found.append((name, entry.value))
        }
        return found
    }

    private func colours<Name: RawRepresentable & CaseIterable & Hashable>(
        _ value: TOMLValue, _ section: String
    ) throws(ThemeError) -> [Name: Colour] where Name.RawValue == String {
        var found: [Name: Colour] = [:]
        for (name, value) in try entries(value, section, Name.self) {
            found[name] = try colour(value, "\(section).\(name.rawValue)")
        }
        return found
    }

    private static func basic(_ index: Int) -> Colour? {
        BasicPalette.colours.indices.contains(index) ? BasicPalette.colours[index] : nil
    }

    private func entry(
        _ value: TOMLValue, _ key: String, _ palette: (Int) -> Colour?, _ range: String
    ) throws(ThemeError) -> Colour {
        guard let index = value.int, let colour = palette(index) else {
            throw error(key, "\(key) must be a colour number from \(range).")
        }
        return colour
    }

    /// A table of colour numbers.
    private func indexed<Name: RawRepresentable & CaseIterable & Hashable>(
        _ value: TOMLValue, _ section: String, _ palette: (Int) -> Colour?, _ range: String
    ) throws(ThemeError) -> [Name: Colour] where Name.RawValue == String {
        var found: [Name: Colour] = [:]
        for (name, value) in try entries(value, section, Name.self) {
            found[name] = try entry(value, "\(section).\(name.rawValue)", palette, range)
        }
        return found
    }

    /// Every level of a ramp by its number in the palette of 256.
    private func levels(_ value: TOMLValue, _ key: String) throws(ThemeError) -> [Colour] {
        guard let array = value.array, (2...24).contains(array.count) else {
            throw error(key, "\(key) must be a list of 2 to 24 colour numbers.")
        }
        var levels: [Colour] = []
        for element in array { levels.append(try entry(element, key, XtermPalette.colour, "16 to 255")) }
        return levels
    }

    private func stops(_ value: TOMLValue, _ key: String) throws(ThemeError) -> [Colour] {
        guard let array = value.array, (2...5).contains(array.count) else {
            throw error(key, "\(key) must be a list of 2 to 5 colours.")
        }
        var stops: [Colour] = []
        for element in array { stops.append(try colour(element, key)) }
        return stops
    }

    private static func list<Name: RawRepresentable & CaseIterable>(_: Name.Type) -> String
    where Name.RawValue == String {
        let names = Name.allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }
}

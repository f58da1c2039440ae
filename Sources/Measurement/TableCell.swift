import Foundation

/// One entry of a table or record: what a person reads, and what a program does.
public enum TableCell: Sendable, Equatable {
    case text(String)
    case int(Int)
    /// Shown with so many digits after the point; without, with the three or four that matter.
    case number(Double, digits: Int? = nil)
    case truth(Bool)
    case list([Int])
    /// Not measured, or without meaning here.
    case none

    /// A number, or none of NaN and nil.
    public init(_ value: Double?) { self = value.map { $0.isNaN ? .none : .number($0) } ?? .none }

    public init(_ value: Int?) { self = value.map(TableCell.int) ?? .none }

    /// The finite number that it holds.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .number(let value, _): value.isFinite ? value : nil
        case .text, .truth, .list, .none: nil
        }
    }

    /// As it stands in a table.
    public var shown: String {
        switch self {
        case .text(let value): value
        case .int(let value): String(value)
        case .number(let value, _) where value.isNaN: "-"
        case .number(let value, let digits?) where value.isFinite: String(format: "%.\(digits)f", value)
        case .number(let value, _): Self.short(value)
        case .truth(let value): String(value)
        case .list(let numbers): numbers.map(String.init).joined(separator: " ")
        case .none: "-"
        }
    }

    /// Three or four digits that matter, powers of ten where they say more.
    public static func short(_ value: Double) -> String {
        let size = abs(value)
        if value == 0 { return "0" }
        if value.isNaN { return "nan" }
        if !value.isFinite { return value > 0 ? "inf" : "-inf" }
        if size >= 1e6 || size < 1e-3 { return String(format: "%.1e", value) }
        return String(format: size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value)
    }

    /// Every digit; empty where there is no finite number. Text in quotes where it needs them (RFC 4180).
    public var csv: String {
        switch self {
        case .text(let value): Self.csv(value)
        case .list: shown
        default: digits ?? ""
        }
    }

    /// Every digit; null where there is no finite number.
    public var json: String {
        switch self {
        case .text(let value): Self.json(value)
        case .list(let numbers): "[" + numbers.map(String.init).joined(separator: ",") + "]"
        default: digits ?? "null"
        }
    }

    private var digits: String? {
        switch self {
        case .int(let value): String(value)
        case .number(let value, _) where value.isFinite: Int(exactly: value).map(String.init) ?? "\(value)"
        case .truth(let value): String(value)
        case .number, .text, .list, .none: nil
        }
    }

    /// A field of comma-separated values.
    public static func csv(_ text: String) -> String {
        text.contains(where: { ",\"\r\n".contains($0) })
            ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
    }

    /// A string of JSON, with its quotes.
    public static func json(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case _ where scalar.value < 0x20: escaped += String(format: "\\u%04x", scalar.value)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }

    /// An object on one line, its members in their order.
    public static func json(_ fields: some Sequence<(String, TableCell)>) -> String {
        "{" + fields.map { "\(json($0)):\($1.json)" }.joined(separator: ",") + "}"
    }
}

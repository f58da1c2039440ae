import Foundation

/// The header of a safetensors file: tensors by name, and metadata.
struct SafetensorsHeader: Decodable {
    /// A tensor as the header declares it; offsets count from the end of the header.
    struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    var tensors: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init(from decoder: Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for name in container.allKeys {
            if name.stringValue == "__metadata__" {
                metadata = try container.decode([String: String].self, forKey: name)
            } else {
                tensors[name.stringValue] = try container.decode(Entry.self, forKey: name)
            }
        }
    }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Why JSON could not be decoded, in a few words.
    static func reason(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "" : " in " + path.map(\.stringValue).joined(separator: " › ")
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context):
            "\(key.stringValue) is missing\(place(context.codingPath))"
        case DecodingError.typeMismatch(_, let context): "a value is of the wrong kind\(place(context.codingPath))"
        case DecodingError.valueNotFound(_, let context): "a value is null\(place(context.codingPath))"
        case DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is not valid JSON" : "a value is out of range\(place(context.codingPath))"
        default: "it is not valid JSON"
        }
    }
}

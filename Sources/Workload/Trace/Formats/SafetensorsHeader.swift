/// The header of a safetensors file: tensors by name, and metadata.
struct SafetensorsHeader {
    /// A tensor as the header declares it; offsets count from the end of the header.
    struct Entry {
        var type: String
        var shape: [Int]
        var offsets: [Int]
    }

    var tensors: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    /// What is wrong with a header, in a few words.
    struct Fault: Error {
        var reason: String
    }

    /// Reads a header strictly, as the reference implementation does.
    init(_ text: [UInt8]) throws(Fault) {
        guard text.first == UInt8(ascii: "{") else { throw Fault(reason: "it does not begin with a brace") }
        let document: StrictJSON
        do {
            document = try StrictJSON(text)
        } catch {
            throw Fault(reason: "it is not valid JSON: \(error.reason), at byte \(error.offset)")
        }
        guard case .object(let members) = document else { throw Fault(reason: "it is not an object") }
        for (name, value) in members {
            if name == "__metadata__" {
                metadata = try Self.metadata(value)
            } else {
                tensors[name] = try Self.entry(value, name: name)
            }
        }
    }

    /// Null stands for none, as in the reference implementation.
    private static func metadata(_ value: StrictJSON) throws(Fault) -> [String: String] {
        if value == .null { return [:] }
        guard case .object(let members) = value else { throw Fault(reason: "__metadata__ is not an object") }
        var metadata: [String: String] = [:]
        for (key, value) in members {
            guard case .string(let text) = value else {
                throw Fault(reason: "a value is of the wrong kind in __metadata__ › \(key)")
            }
            metadata[key] = text
        }
        return metadata
    }

    private static func entry(_ value: StrictJSON, name: String) throws(Fault) -> Entry {
        guard case .object(let members) = value else { throw Fault(reason: "a value is of the wrong kind in \(name)") }
        func member(_ key: String) throws(Fault) -> StrictJSON {
            guard let value = members[key] else { throw Fault(reason: "\(key) is missing in \(name)") }
            return value
        }
        func integers(_ key: String) throws(Fault) -> [Int] {
            var integers: [Int] = []
            guard case .array(let values) = try member(key) else {
                throw Fault(reason: "a value is of the wrong kind in \(name) › \(key)")
            }
            for value in values {
                guard case .integer(let integer) = value else {
                    throw Fault(reason: "a value is no integer, or beyond 64 bits, in \(name) › \(key)")
                }
                integers.append(integer)
            }
            return integers
        }
        guard case .string(let type) = try member("dtype") else {
            throw Fault(reason: "a value is of the wrong kind in \(name) › dtype")
        }
        return Entry(type: type, shape: try integers("shape"), offsets: try integers("data_offsets"))
    }
}

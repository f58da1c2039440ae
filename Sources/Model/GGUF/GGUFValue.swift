/// A value of a GGUF file's metadata.
enum GGUFValue: Sendable, Equatable {
    case unsigned(UInt64)
    case signed(Int64)
    case float(Double)
    case truth(Bool)
    /// Text, as the file's bytes: a token need not be a whole letter.
    case string([UInt8])
    case strings([[UInt8]])
    case numbers(GGUFNumbers)
    /// Lists of lists, which no key that is read here has.
    case nested(count: Int)
}

/// A list of numbers, as the file's bytes.
struct GGUFNumbers: Sendable, Equatable {
    let type: GGUFScalar
    let count: Int
    fileprivate let bytes: [UInt8]

    init(type: GGUFScalar, count: Int, bytes: [UInt8]) {
        (self.type, self.count, self.bytes) = (type, count, bytes)
    }

    subscript(_ i: Int) -> GGUFValue { type.value(bytes[(i * type.bytes)..<(i + 1) * type.bytes]) }
}

/// The types of single values in metadata, by their numbers in the file.
enum GGUFScalar: UInt32, Sendable {
    case uint8 = 0
    case int8, uint16, int16, uint32, int32, float32, bool
    case uint64 = 10
    case int64, float64

    var bytes: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// The value of so many little-endian bytes.
    func value(_ bytes: ArraySlice<UInt8>) -> GGUFValue {
        let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch self {
        case .uint8, .uint16, .uint32, .uint64: return .unsigned(bits)
        case .bool: return .truth(bits != 0)
        case .int8: return .signed(Int64(Int8(truncatingIfNeeded: bits)))
        case .int16: return .signed(Int64(Int16(truncatingIfNeeded: bits)))
        case .int32: return .signed(Int64(Int32(truncatingIfNeeded: bits)))
        case .int64: return .signed(Int64(truncatingIfNeeded: bits))
        case .float32: return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case .float64: return .float(Double(bitPattern: bits))
        }
    }
}

extension GGUFValue {
    /// A whole number, of whatever type; nil for what is none, or does not fit.
    var whole: Int? {
        switch self {
        case .unsigned(let x): Int(exactly: x)
        case .signed(let x): Int(exactly: x)
        default: nil
        }
    }

    var real: Double? {
        switch self {
        case .float(let x): x
        default: whole.map(Double.init)
        }
    }

    var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}

extension GGUFCursor {
    private static var stringType: UInt32 { 8 }
    private static var arrayType: UInt32 { 9 }
    /// Lists in lists deeper than this are refused.
    private static var deepest: Int { 4 }

    /// The value of a key.
    mutating func value(of key: String, path: String, depth: Int = 0) throws(GGUFFault) -> GGUFValue {
        let type = try number(UInt32.self, key)
        guard type == Self.arrayType else { return try single(type, of: key, path: path) }
        guard depth < Self.deepest else { throw GGUFFault(path: path, .header("\(key) holds lists in lists in lists")) }
        let element = try number(UInt32.self, key)
        let count = try number(UInt64.self, key)
        if element == Self.stringType {
            // Each begins with a length of eight bytes.
            try expect(count.multipliedReportingOverflow(by: 8).overflow ? .max : count * 8, key)
            var strings: [[UInt8]] = []
            strings.reserveCapacity(Int(count))
            for _ in 0..<count { strings.append(try string(key)) }
            return .strings(strings)
        }
        if element == Self.arrayType {
            try expect(count.multipliedReportingOverflow(by: 12).overflow ? .max : count * 12, key)
            for _ in 0..<count { _ = try inner(of: key, path: path, depth: depth + 1) }
            return .nested(count: Int(count))
        }
        guard let scalar = GGUFScalar(rawValue: element) else {
            throw GGUFFault(path: path, .header("\(key) is a list of type \(element), which is unknown"))
        }
        let (length, overflow) = count.multipliedReportingOverflow(by: UInt64(scalar.bytes))
        try expect(overflow ? .max : length, key)
        return .numbers(GGUFNumbers(type: scalar, count: Int(count), bytes: Array(try bytes(Int(length), key))))
    }

    /// A list in a list: its type and length, without the word that says that it is one.
    private mutating func inner(of key: String, path: String, depth: Int) throws(GGUFFault) -> Int {
        guard depth < Self.deepest else { throw GGUFFault(path: path, .header("\(key) holds lists in lists in lists")) }
        let element = try number(UInt32.self, key)
        let count = try number(UInt64.self, key)
        if element == Self.stringType || element == Self.arrayType {
            try expect(count.multipliedReportingOverflow(by: 8).overflow ? .max : count * 8, key)
            for _ in 0..<count {
                if element == Self.stringType {
                    _ = try string(key)
                } else {
                    _ = try inner(of: key, path: path, depth: depth + 1)
                }
            }
            return Int(count)
        }
        guard let scalar = GGUFScalar(rawValue: element) else {
            throw GGUFFault(path: path, .header("\(key) is a list of type \(element), which is unknown"))
        }
        let (length, overflow) = count.multipliedReportingOverflow(by: UInt64(scalar.bytes))
        try expect(overflow ? .max : length, key)
        _ = try bytes(Int(length), key)
        return Int(count)
    }

    private mutating func single(_ type: UInt32, of key: String, path: String) throws(GGUFFault) -> GGUFValue {
        if type == Self.stringType { return .string(try string(key)) }
        guard let scalar = GGUFScalar(rawValue: type) else {
            throw GGUFFault(path: path, .header("\(key) is of type \(type), which is unknown"))
        }
        return scalar.value(try bytes(scalar.bytes, key))
    }
}

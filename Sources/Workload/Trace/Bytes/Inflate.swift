/// Deflate's decoder (RFC 1951): what an archive's compressed member inflates to, never more than was announced.
enum Inflate {
    /// Why data are not deflate's.
    struct Fault: Error, Equatable {
        var reason: String
    }

    /// Inflates a whole stream, or its first bytes.
    /// - Parameters:
    ///   - limit: the most bytes that come out.
    ///   - stopsThere: whether the stream may go on beyond `limit`: only its beginning is wanted.
    static func inflate(_ input: [UInt8], limit: Int, stopsThere: Bool) throws(Fault) -> [UInt8] {
        var state = InflateState(input: input, limit: limit)
        do {
            try state.run()
        } catch {
            guard stopsThere, state.output.count == limit else { throw error }
        }
        return state.output
    }
}

/// The symbols of one Huffman code.
struct HuffmanCode {
    /// By the next bits, lowest first: the symbol times 16 plus its length; 0 for codes longer than that.
    private var lookup = [UInt16](repeating: 0, count: 1 << quick)
    /// How many codes each length has, and the symbols in order of their codes.
    private var counts = [Int](repeating: 0, count: 16)
    private var symbols: [UInt16] = []

    private static let quick = 10

    /// Codes in order from their lengths, as RFC 1951 assigns them.
    /// - Throws: where lengths take more codes than there are, or fewer (one code alone may stand by itself).
    init(lengths: [UInt8]) throws(Inflate.Fault) {
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var left = 1
        for length in 1...15 {
            left = 2 * left - counts[length]
            guard left >= 0 else { throw Inflate.Fault(reason: "its codes overlap") }
        }
        guard left == 0 || counts.reduce(0, +) <= 1 else { throw Inflate.Fault(reason: "its codes leave gaps") }
        var (code, first) = ([Int](repeating: 0, count: 16), [Int](repeating: 0, count: 16))
        for length in 1..<15 {
            code[length + 1] = (code[length] + counts[length]) << 1
            first[length + 1] = first[length] + counts[length]
        }
        symbols = [UInt16](repeating: 0, count: counts.reduce(0, +))
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let length = Int(length)
            symbols[first[length]] = UInt16(symbol)
            first[length] += 1
            if length <= Self.quick {
                let entry = UInt16(symbol << 4 | length)
                let start = Int(UInt16(code[length]).reversed >> (16 - UInt16(length)))
                for slot in stride(from: start, to: 1 << Self.quick, by: 1 << length) { lookup[slot] = entry }
            }
            code[length] += 1
        }
    }

    /// The symbol that the next bits stand for, and how many they are; nil where they stand for none.
    @inline(__always)
    func symbol(of bits: UInt64) -> (symbol: Int, length: Int)? {
        let entry = lookup[Int(bits & (1 << Self.quick - 1))]
        if entry != 0 { return (Int(entry >> 4), Int(entry & 15)) }
        var (code, first, index, bits) = (0, 0, 0, bits)
        for length in 1...15 {
            code |= Int(bits & 1)
            bits >>= 1
            if code - first < counts[length] { return (Int(symbols[index + code - first]), length) }
            index += counts[length]
            first = (first + counts[length]) << 1
            code <<= 1
        }
        return nil
    }
}

extension UInt16 {
    /// The bits the other way round.
    fileprivate var reversed: UInt16 {
        var (bits, result) = (self, UInt16(0))
        for _ in 0..<16 {
            result = result << 1 | bits & 1
            bits >>= 1
        }
        return result
    }
}

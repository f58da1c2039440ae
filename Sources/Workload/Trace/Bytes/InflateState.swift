/// A stream that is being inflated: blocks stored, with fixed codes, or with codes of their own.
struct InflateState {
    private let input: [UInt8]
    private let limit: Int
    private(set) var output: [UInt8] = []
    private var at = 0
    /// Bits read and not yet used, lowest first.
    private var bits: UInt64 = 0
    private var bitCount = 0

    init(input: [UInt8], limit: Int) {
        self.input = input
        self.limit = limit
        // What is announced is not believed before it comes.
        output.reserveCapacity(min(limit, 64 * input.count + 1024))
    }

    /// Inflates up to the last block.
    mutating func run() throws(Inflate.Fault) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try stored()
            case 1: try compressed(try Self.fixed())
            case 2: try compressed(try codes())
            default: throw Inflate.Fault(reason: "a block is of no kind that deflate has")
            }
        }
    }

    private mutating func refill() {
        while bitCount <= 56, at < input.count {
            bits |= UInt64(input[at]) << UInt64(bitCount)
            bitCount += 8
            at += 1
        }
    }

    private mutating func take(_ count: Int) throws(Inflate.Fault) -> Int {
        if bitCount < count { refill() }
        guard bitCount >= count else { throw Inflate.Fault(reason: "it ends early") }
        let value = Int(bits & (1 << UInt64(count) - 1))
        bits >>= UInt64(count)
        bitCount -= count
        return value
    }

    private mutating func symbol(_ code: HuffmanCode) throws(Inflate.Fault) -> Int {
        if bitCount < 15 { refill() }
        guard let found = code.symbol(of: bits), found.length <= bitCount else {
            throw Inflate.Fault(reason: "it ends early, or holds a code that stands for nothing")
        }
        bits >>= UInt64(found.length)
        bitCount -= found.length
        return found.symbol
    }

    private func checkRoom(_ count: Int) throws(Inflate.Fault) {
        guard output.count + count <= limit else {
            throw Inflate.Fault(reason: "it inflates to more than it announces")
        }
    }

    private mutating func stored() throws(Inflate.Fault) {
        _ = try take(bitCount % 8)
        let (length, complement) = (try take(16), try take(16))
        guard length == ~complement & 0xFFFF else { throw Inflate.Fault(reason: "a stored block's length is damaged") }
        for done in 0..<length {
            if output.count == limit, done < length { try checkRoom(1) }
            output.append(UInt8(try take(8)))
        }
    }

    private typealias Codes = (literals: HuffmanCode, distances: HuffmanCode)

    private mutating func compressed(_ codes: Codes) throws(Inflate.Fault) {
        while true {
            let symbol = try symbol(codes.literals)
            if symbol < 256 {
                try checkRoom(1)
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Self.lengths.count else {
                throw Inflate.Fault(reason: "it holds a length that is none")
            }
            let (base, extra) = Self.lengths[symbol - 257]
            let length = base + (try take(extra))
            let place = try self.symbol(codes.distances)
            guard place < Self.distances.count else { throw Inflate.Fault(reason: "it holds a distance that is none") }
            let (near, more) = Self.distances[place]
            let distance = near + (try take(more))
            guard distance <= output.count else { throw Inflate.Fault(reason: "it looks back to before its beginning") }
            let fits = min(length, limit - output.count)
            for _ in 0..<fits { output.append(output[output.count - distance]) }
            if fits < length { try checkRoom(1) }
        }
    }

    private mutating func codes() throws(Inflate.Fault) -> Codes {
        let (literals, distances, given) = (try take(5) + 257, try take(5) + 1, try take(4) + 4)
        guard literals <= 286, distances <= 30 else {
            throw Inflate.Fault(reason: "it has more codes than deflate has")
        }
        var lengths = [UInt8](repeating: 0, count: 19)
        for i in 0..<given { lengths[Self.order[i]] = UInt8(try take(3)) }
        let code = try HuffmanCode(lengths: lengths)
        var all: [UInt8] = []
        while all.count < literals + distances {
            let symbol = try symbol(code)
            switch symbol {
            case 0..<16: all.append(UInt8(symbol))
            case 16:
                guard let last = all.last else { throw Inflate.Fault(reason: "it repeats a length before the first") }
                all += Array(repeating: last, count: 3 + (try take(2)))
            case 17: all += Array(repeating: 0, count: 3 + (try take(3)))
            default: all += Array(repeating: 0, count: 11 + (try take(7)))
            }
        }
        guard all.count == literals + distances, all[256] > 0 else {
            throw Inflate.Fault(reason: "its codes do not add up")
        }
        return (try HuffmanCode(lengths: Array(all[..<literals])), try HuffmanCode(lengths: Array(all[literals...])))
    }

    private static func fixed() throws(Inflate.Fault) -> Codes {
        let runs: [(UInt8, Int)] = [(8, 144), (9, 112), (7, 24), (8, 8)]
        let lengths = runs.flatMap { Array(repeating: $0.0, count: $0.1) }
        return (try HuffmanCode(lengths: lengths), try HuffmanCode(lengths: Array(repeating: 5, count: 32)))
    }

    /// The order in which a block gives the lengths of its first code.
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Lengths 3 to 258 and distances 1 to 32 768: where each symbol begins, and how many further bits say which.
    private static let lengths: [(Int, Int)] = {
        var (table, base) = ([(Int, Int)](), 3)
        for symbol in 0..<28 {
            let extra = max(0, symbol / 4 - 1)
            table.append((base, extra))
            base += 1 << extra
        }
        return table + [(258, 0)]
    }()
    private static let distances: [(Int, Int)] = {
        var (table, base) = ([(Int, Int)](), 1)
        for symbol in 0..<30 {
            let extra = max(0, symbol / 2 - 1)
            table.append((base, extra))
            base += 1 << extra
        }
        return table
    }()
}

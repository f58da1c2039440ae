import CKernels
import Testing

@testable import HalfSpace

/// What a store keeps of the numbers that it is given.
@Suite struct NumberFormatTests {
    /// Every number of 16 bits that is finite, by the formats' definitions.
    private static func numbers(_ format: NumberFormat) -> [Double] {
        let (mantissa, bias) = format == .bfloat16 ? (7, 127) : (10, 15)
        let exponents = (1 << (15 - mantissa)) - 1
        return (0..<exponents << mantissa).map { bits in
            let (exponent, part) = (bits >> mantissa, Double(bits & (1 << mantissa - 1)) / Double(1 << mantissa))
            let power = exponent == 0 ? 1 - bias : exponent - bias
            return (exponent == 0 ? part : 1 + part) * Double(sign: .plus, exponent: power, significand: 1)
        }
    }

    @Test(arguments: [NumberFormat.bfloat16, .float16])
    func everyNumberIsKept(format: NumberFormat) {
        for x in Self.numbers(format) {
            #expect(format.rounded(Float(x)) == Float(x))
            #expect(format.rounded(-Float(x)) == -Float(x))
        }
    }

    @Test(arguments: [NumberFormat.bfloat16, .float16])
    func othersGoToTheNearestTiesToEven(format: NumberFormat) {
        let numbers = Self.numbers(format)
        for (i, (low, high)) in zip(numbers, numbers.dropFirst()).enumerated() {
            let middle = Float((low + high) / 2)
            // Halfway where a float32 can say so; the one of even bits is taken.
            if Double(middle) == (low + high) / 2 {
                #expect(format.rounded(middle) == Float(i % 2 == 0 ? low : high))
                #expect(format.rounded(-middle.nextUp) == -Float(high))
                #expect(format.rounded(middle.nextDown) == Float(low))
            }
        }
        #expect(format.rounded(format.overflow) == .infinity)
        #expect(format.rounded(format.overflow.nextDown) == Float(numbers[numbers.count - 1]))
    }

    @Test(arguments: NumberFormat.allCases, [1, 5, 16, 33])
    func aStoreKeepsRoundedRows(format: NumberFormat, d: Int) throws {
        var random = SplitMix(seed: 11)
        let (keys, values) = (random.normals(70 * d), random.normals(70 * 3))
        let store = KeyValueStore(dimension: d, valueDimension: 3, capacity: 70, format: format)
        for row in 0..<70 {
            try store.append(
                keys: Array(keys[row * d..<(row + 1) * d]), values: Array(values[row * 3..<(row + 1) * 3]))
        }
        #expect(Array(store.keys) == keys.map(format.rounded))
        #expect(Array(store.value(69)) == values[207...].map(format.rounded))
        #expect(store.bytes == 70 * (d + 3) * (format == .float32 ? 4 : 2))
        let longest =
            (0..<70).map { store.key($0).reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }.max() ?? 0
        #expect(store.largestKeyNorm >= longest && store.largestKeyNorm < longest * 1.0001)
    }

    @Test func whatTheFormatCannotHoldIsRefused() throws {
        let half = KeyValueStore(dimension: 2, valueDimension: 1, capacity: 4, format: .float16)
        let told = #expect(throws: NonFiniteEntry.self) { try half.append(keys: [1, 2, 3, 1e5], values: [0, 0]) }
        #expect(
            told?.description == "keys row 1, column 1 is 100000.0, which F16 cannot hold; store bf16 or f32 instead")
        #expect(half.count == 0)
        try half.append(keys: [1, 65519], values: [-65504])
        #expect(half.key(0)[1] == 65504)
        let bfloat = KeyValueStore(dimension: 1, valueDimension: 1, capacity: 4, format: .bfloat16)
        try bfloat.append(keys: [1e5], values: [1])
        let other = #expect(throws: NonFiniteEntry.self) { try bfloat.append(keys: [1], values: [-3.4e38]) }
        #expect(other?.description == "values row 1, column 0 is -3.4e+38, which BF16 cannot hold; store f32 instead")
        let nan = #expect(throws: NonFiniteEntry.self) { try bfloat.append(keys: [.nan], values: [1]) }
        #expect(nan?.description.contains("is not a finite number") == true)
        #expect(bfloat.count == 1)
    }
}

/// What a cold decode step is expected to take, in microseconds: a fixed part, bytes in order, lines from anywhere.
///
/// The constants were fitted to `halfspace bench decode --cold` on one core of a Zen 4 with AVX-512, n from 2^10 to 2^20 and
/// d from 2 to 128; on other machines the times differ, and their order hardly.
struct CostModel {
    let n: Int
    let d: Int
    let dv: Int
    /// The share of the keys that is reported.
    let share: Double
    /// The exponent of the weights, if they are a power.
    let exponent: Int?

    /// Bytes read in order, a microsecond.
    private static let stream = 24_000.0
    /// A line from anywhere in memory, when many are asked for at once.
    private static let line = 0.0035

    private var reported: Double { share * Double(n) }
    private func lines(_ floats: Int) -> Double { Double((floats + 15) / 16) }

    /// Every key and every value.
    var dense: Double { 7.3 + Double(n * (d + dv) * 4) / Self.stream }

    /// Codes of all keys, float32 of `candidates`, values of the members.
    func codes(candidates: Double) -> Double {
        let bits = d >= CodedKeys.sixBitsFrom ? 6.0 : 4.0
        let bytes = Double(n) * (Double(d) * bits / 8 + 1.3)
        return 16 + Double(n) * 0.00005 + bytes / Self.stream
            + (candidates * lines(d) + reported * lines(dv)) * Self.line
    }

    /// The leaves that the boundary crosses, with their values; nodes inside answer by their moments, or are read as well.
    func tree(candidates: Double) -> Double {
        let order = TreeMoments.order(dimension: d, valueDimension: dv)
        let whole = exponent.map { $0 <= order } ?? false ? 0 : reported
        return 8.5 + (candidates + whole) * Double((d + dv) * 4) / 12_000
    }

    /// A tree of what queries of one direction can report.
    func net(candidates: Double) -> Double { 8 + 0.45 * (tree(candidates: candidates) - 8.5) }

    /// Boxes of all leaves, codes of those that the boundary crosses, records of what the codes leave.
    func boxes(candidates: Double) -> Double {
        // Long keys have longer codes; up to 12 entries the memory of records outweighs that.
        let length = max(1, Double(d) / 12.8)
        return 15 + (candidates * 0.00037 + Double(n) / 32 * 0.0011) * length + reported * 1.4 * 2 * Self.line
    }

    /// Boxes and codes over principal components, of which `bytes` are read, float32 of `candidates`, values of the members.
    func prefix(bytes: Double, candidates: Double) -> Double {
        22 + bytes / 12_000 + candidates * 0.003 + (candidates * lines(d) + reported * lines(dv)) * Self.line
    }
}

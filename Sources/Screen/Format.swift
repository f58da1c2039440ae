#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Numbers as the screen writes them; what is not finite reads "–".
public enum Format {
    static let missing = "–"

    /// `12 345`: groups of three, parted by a space, which every terminal has.
    public static func grouped(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: " ")
    }

    /// With that many digits after the point, halves rounded away from zero.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return missing }
        let places = min(max(decimals, 0), 15)
        let power = pow(10, Double(places))
        let scaled = (abs(value) * power).rounded()
        guard scaled < 9e15 else { return scientific(value, places) }
        let whole = Int(scaled / power)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + String(whole) }
        let rest = String(Int(scaled) - whole * Int(power))
        return sign + String(whole) + "." + String(repeating: "0", count: places - rest.count) + rest
    }

    /// With about that many digits in all: `0.0123`, `3.21`, `45.1`, `1 286`.
    public static func significant(_ value: Double, _ digits: Int = 3) -> String {
        guard value.isFinite else { return missing }
        guard value != 0 else { return "0" }
        let magnitude = abs(value)
        if magnitude < 1e-4 || magnitude >= 1e15 { return scientific(value, max(0, digits - 1)) }
        // Rounding may carry into one more digit (9.996 is 10.0), so round first.
        let power = pow(10, Double(digits - 1) - floor(log10(magnitude)))
        let exponent = Int(floor(log10((magnitude * power).rounded() / power) + 1e-12))
        let decimals = digits - 1 - exponent
        return decimals <= 0 ? grouped(Int(value.rounded())) : fixed(value, decimals)
    }

    /// `3.0e-7`.
    public static func scientific(_ value: Double, _ decimals: Int = 1) -> String {
        guard value.isFinite else { return missing }
        guard value != 0 else { return "0" }
        var exponent = Int(floor(log10(abs(value))))
        // Dividing in two steps keeps subnormal values from a power that overflows.
        var mantissa = value / pow(10, Double(exponent / 2)) / pow(10, Double(exponent - exponent / 2))
        let unit = pow(10, Double(decimals))
        mantissa = (mantissa * unit).rounded() / unit
        if abs(mantissa) >= 10 {
            mantissa /= 10
            exponent += 1
        }
        return fixed(mantissa, decimals) + "e" + String(exponent)
    }

    /// `950`, `1.2k`, `65.5k`, `1.05M`, `3.2G`: thousands, three digits or fewer.
    public static func compact(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        var scaled = value
        for unit in ["", "k", "M", "G", "T"] {
            if abs(scaled) < 999.5 || unit == "T" {
                let decimals = unit.isEmpty && scaled == scaled.rounded() ? 0 : abs(scaled) < 99.95 ? 1 : 0
                let text = fixed(scaled, decimals)
                return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + unit
            }
            scaled /= 1000
        }
        return missing
    }

    /// `512`, `16k`, `64k`, `1M`: powers of 1024 where they divide the value or it is large, as key positions are read.
    public static func binary(_ value: Int) -> String {
        var scaled = Double(value)
        for unit in ["", "k", "M", "G"] {
            if abs(scaled) < 1024 || unit == "G" {
                let text = fixed(scaled, scaled == scaled.rounded() || abs(scaled) >= 100 ? 0 : 1)
                return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + unit
            }
            scaled /= 1024
        }
        return missing
    }

    /// A time in microseconds with three digits and its unit: `850 ns`, `3.21 µs`, `45.1 µs`, `1.20 ms`, `2.50 s`.
    public static func duration(microseconds: Double) -> String {
        guard microseconds.isFinite else { return missing }
        let magnitude = abs(microseconds)
        if magnitude < 0.9995 { return fixed(microseconds * 1e3, 0) + " ns" }
        if magnitude < 999.5 { return significant(microseconds) + " µs" }
        if magnitude < 999_500 { return significant(microseconds / 1e3) + " ms" }
        return significant(microseconds / 1e6) + " s"
    }

    /// `512 B`, `1.5 KiB`, `23 MiB`.
    public static func bytes(_ count: Int) -> String {
        var scaled = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
            if abs(scaled) < 1023.5 || unit == "TiB" {
                return fixed(scaled, unit == "B" || abs(scaled) >= 99.95 ? 0 : 1) + " " + unit
            }
            scaled /= 1024
        }
        return missing
    }

    /// A share 0…1: `< 0.01 %`, `0.03 %`, `2.1 %`, `14 %`.
    public static func percent(_ share: Double) -> String {
        guard share.isFinite else { return missing }
        let value = abs(share * 100)
        if value > 0, value < 0.005 { return "< 0.01 %" }
        return fixed(share * 100, value >= 9.95 || value == 0 ? 0 : value >= 0.995 ? 1 : 2) + " %"
    }
}

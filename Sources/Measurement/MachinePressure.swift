import Foundation

/// Whether something else wants the processors: times taken then are those of a crowd.
public enum MachinePressure {
    /// The share of the last ten seconds in which some thread that could run waited for a processor, as Linux counts it
    /// (`/proc/pressure/cpu`); nil where the system does not say.
    public static var waiting: Double? {
        guard let text = try? String(contentsOfFile: "/proc/pressure/cpu", encoding: .utf8) else { return nil }
        return waiting(in: text)
    }

    /// From this share on the machine counts as busy.
    public static let limit = 0.25

    static func waiting(in text: String) -> Double? {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("some ") }),
            let field = line.split(separator: " ").first(where: { $0.hasPrefix("avg10=") }),
            let percent = Double(field.dropFirst("avg10=".count)), percent.isFinite
        else { return nil }
        return percent / 100
    }
}

import Measurement
import PlainText
import Simulation

extension DemoSection {
    /// A parameter that goes through several values, each for an equal part of the steps:
    /// `{ parameter = "offset", from = 0, to = -2, over = 100 }`, or `values = [2, 4, 8]` instead of from and to.
    func ramp(over settings: inout Settings) throws(DemoError) -> [Script.Stretch] {
        try check(keys: ["parameter", "from", "to", "values", "over"], in: "a ramp")
        guard let name = try text("parameter") else {
            throw error(nil, "a ramp needs parameter, the name of what it turns.")
        }
        guard let parameter = DemoParameter(rawValue: name) else {
            throw error("parameter", Suggestion.unknown("parameter", name, among: DemoParameter.names))
        }
        guard let steps = try whole("over", in: 1...100_000) else {
            throw error(nil, "a ramp needs over, the steps that it takes.")
        }
        let values = try rampValues(of: parameter, steps: steps)
        var stretches: [Script.Stretch] = []
        for (i, value) in values.enumerated() {
            try set(parameter, value, key: "parameter", in: &settings)
            try validate(settings, key: "parameter")
            // Rounding the running sum hands out every step once.
            let length = steps * (i + 1) / values.count - steps * i / values.count
            stretches.append(.init(settings: settings, steps: length))
        }
        return stretches
    }

    private func rampValues(of parameter: DemoParameter, steps: Int) throws(DemoError) -> [Scalar] {
        if let values = try scalars("values") {
            guard !has("from"), !has("to") else {
                throw error("values", "a ramp has values, or from and to, not both.")
            }
            guard values.count <= steps else {
                throw error("over", "over must be at least \(values.count), one step for each value.")
            }
            return values
        }
        guard let from = try number("from", in: -1e9...1e9), let to = try number("to", in: -1e9...1e9) else {
            throw error(nil, "a ramp needs from and to, or values.")
        }
        switch parameter {
        case .d: return ladder(Parameter.dimensions, from, to)
        case .n: return ladder(Parameter.lengths, from, to)
        case .rank, .alpha, .head, .layer, .budget, .seed:
            guard let first = Int(exactly: from), let last = Int(exactly: to) else {
                throw error("from", "\(parameter.rawValue) goes through whole numbers.")
            }
            let count = min(abs(last - first), steps - 1)
            return (0...count).map { .whole(count == 0 ? first : first + (last - first) * $0 / count) }
        case .offset, .threshold, .temperature:
            let count = max(1, min(steps - 1, parameter == .offset ? Int(held: (abs(to - from) * 10).rounded()) : 20))
            return (0...count).map { i in
                let value = from + (to - from) * Double(i) / Double(count)
                return .number(parameter == .offset ? (value * 10).rounded() / 10 : value)
            }
        case .workload, .trace, .activation, .model, .prompt, .rule, .index, .heads, .keyHeads:
            throw error("from", "\(parameter.rawValue) has no numbers between; list its values.")
        }
    }

    /// The rungs from one end to the other, the ends with them.
    private func ladder(_ rungs: [Int], _ from: Double, _ to: Double) -> [Scalar] {
        let between = rungs.filter { Double($0) > min(from, to) && Double($0) < max(from, to) }
        let rising = [Int(min(from, to))] + between + (from == to ? [] : [Int(max(from, to))])
        return (from <= to ? rising : rising.reversed()).map(Scalar.whole)
    }
}

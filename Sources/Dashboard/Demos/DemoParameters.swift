import Assets
import Attention
import Foundation
import HalfSpace
import Model
import PlainText
import Simulation
import Workload

/// The parameters that a demo can set, by the names that the command line has for them.
enum DemoParameter: String, CaseIterable {
    case workload, trace, layer, head, n, d, temperature, rank, activation, alpha, model, prompt, rule, threshold,
        offset, budget
    case index, seed, heads
    case keyHeads = "kv-heads"

    /// What is wrong with a value, as a sentence.
    struct Mistake: Error { var sentence: String }

    static var names: [String] { allCases.map(\.rawValue) }

    /// Puts a value into settings.
    /// - Throws: ``Mistake``.
    func set(_ value: DemoSection.Scalar, in settings: inout Settings) throws(Mistake) {
        switch self {
        case .workload: try setWorkload(try choice(value, WorkloadKind.self), in: &settings)
        case .trace:
            do {
                settings.tracePath = try Assets.find(.trace, try text(value)).path
            } catch let mistake as Mistake {
                throw mistake
            } catch {
                throw Mistake(sentence: "\(error).")
            }
        case .layer: settings.layer = try whole(value, 0...10_000)
        case .head: settings.head = try whole(value, 0...10_000)
        case .n: settings.n = try whole(value, WorkloadLimits.length)
        case .d: settings.d = try whole(value, WorkloadLimits.dimension)
        case .model, .prompt: try setModel(try text(value), in: &settings)
        case .temperature where settings.workload == .model:
            settings.model.temperature = try number(value, 0...1000)
        case .temperature: settings.temperature = try number(value, 0.001...1000)
        case .rank: settings.rank = try whole(value, WorkloadLimits.dimension)
        case .activation: try setActivation(try text(value), in: &settings)
        case .alpha: try setAlpha(try number(value, 1...100), in: &settings)
        case .rule: settings.threshold.rule = try choice(value, ThresholdRule.self)
        case .threshold:
            settings.threshold.manual = try number(value, -1e6...1e6)
            settings.threshold.rule = .manual
        case .offset: settings.threshold.offset = try number(value, -10...10)
        case .budget:
            let name = if case .whole(let keys) = value { String(keys) } else { try text(value) }
            guard let budget = Budget(name: name) else {
                throw Mistake(sentence: "budget is \"\(name)\"; write a number of keys, or a power such as \"n^0.8\".")
            }
            settings.threshold.budget = budget
        case .index:
            let name = try text(value)
            guard let index = IndexChoice(name: name) else {
                let known = ["auto"] + IndexKind.allCases.map(\.rawValue)
                throw Mistake(sentence: Suggestion.unknown("index", name, among: known))
            }
            settings.index = index
        case .heads, .keyHeads: try setHeads(try whole(value, 1...LayerShape.most), in: &settings)
        case .seed: settings.seed = UInt64(try whole(value, 0...Int.max))
        }
    }

    private func setWorkload(_ workload: WorkloadKind, in settings: inout Settings) throws(Mistake) {
        settings.workload = workload
        if workload == .model {
            settings.model = .bundled
            (settings.n, settings.layer, settings.head) = (nil, nil, nil)
            settings.request.shape = nil
            settings.threshold.rule = settings.activation == .softmax ? .count : .learned
            settings.fitModel()
        } else if workload == .trace {
            settings.tracePath = settings.tracePath ?? Assets.trace.path
            (settings.n, settings.d) = (nil, nil)
            settings.request.shape = nil
        } else {
            (settings.layer, settings.head) = (nil, nil)
        }
    }

    /// The heads of a layer of made data; as many key-value heads, until fewer are asked for.
    private func setHeads(_ count: Int, in settings: inout Settings) throws(Mistake) {
        guard settings.workload == .massive || settings.workload == .gaussian else {
            throw Mistake(sentence: "\(rawValue) goes with workload = \"massive\" or \"gaussian\".")
        }
        guard self == .heads || settings.request.shape != nil else {
            throw Mistake(sentence: "kv-heads goes with heads, the query heads that share them.")
        }
        let heads = self == .heads ? count : settings.request.shape?.heads ?? count
        do {
            settings.request.shape = try LayerShape(heads: heads, keyHeads: count)
        } catch {
            throw Mistake(sentence: "heads = \(heads) is not a multiple of kv-heads = \(count).")
        }
        if let head = settings.head, head >= heads { settings.head = nil }
    }

    /// A language model by name or file, or what it goes on from: a text of the package, a file, or the text itself.
    private func setModel(_ value: String, in settings: inout Settings) throws(Mistake) {
        guard settings.workload == .model else {
            throw Mistake(sentence: "\(rawValue) goes with workload = \"model\".")
        }
        if self == .prompt {
            let files = [Assets.texts.appendingPathComponent(value).path, value]
            settings.model.promptPath = files.first {
                $0.hasSuffix(".txt") && FileManager.default.fileExists(atPath: $0)
            }
            settings.model.promptText = settings.model.promptPath == nil ? value : nil
            settings.model.usualLength = nil
            return
        }
        do {
            let path = try Assets.find(.model, value).path
            settings.activation = try ByteModel.shared(path: path).activation
            settings.model.paths[settings.activation.name] = path
            settings.threshold.rule = settings.activation == .softmax ? .count : .learned
        } catch {
            throw Mistake(sentence: "\(error).")
        }
    }

    /// As on the command line: softmax comes with the count rule, and α with its default.
    private func setActivation(_ name: String, in settings: inout Settings) throws(Mistake) {
        switch name {
        case "relu": settings.activation = .relu(alpha: 1)
        case "softmax": settings.activation = .softmax
        case "entmax": settings.activation = .entmax(alpha: 1.5)
        default:
            throw Mistake(sentence: Suggestion.unknown("activation", name, among: ["relu", "softmax", "entmax"]))
        }
        let usual: ThresholdRule = settings.workload == .model ? .learned : .calibrated
        settings.threshold.rule = settings.activation == .softmax ? .count : usual
        settings.fitModel()
    }

    private func setAlpha(_ alpha: Double, in settings: inout Settings) throws(Mistake) {
        switch settings.activation {
        case .relu:
            guard let whole = Int(exactly: alpha), (1...8).contains(whole) else {
                throw Mistake(sentence: "alpha of relu must be a whole number from 1 to 8.")
            }
            settings.activation = .relu(alpha: whole)
        case .softmax: throw Mistake(sentence: "softmax has no alpha; leave it out.")
        case .entmax:
            if let refusal = Entmax.refusal(of: alpha) { throw Mistake(sentence: "alpha is \(alpha): \(refusal)") }
            settings.activation = .entmax(alpha: alpha)
        }
    }

    private func text(_ value: DemoSection.Scalar) throws(Mistake) -> String {
        guard case .text(let text) = value else {
            throw Mistake(sentence: "\(rawValue) must be a text in quotation marks.")
        }
        return text
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: DemoSection.Scalar, _: Choice.Type
    ) throws(Mistake) -> Choice where Choice.RawValue == String {
        let name = try text(value)
        guard let choice = Choice(rawValue: name) else {
            throw Mistake(sentence: Suggestion.unknown(rawValue, name, among: Choice.allCases.map(\.rawValue)))
        }
        return choice
    }

    private func whole(_ value: DemoSection.Scalar, _ range: ClosedRange<Int>) throws(Mistake) -> Int {
        guard case .whole(let whole) = value, range.contains(whole) else {
            throw Mistake(
                sentence: "\(rawValue) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return whole
    }

    private func number(_ value: DemoSection.Scalar, _ range: ClosedRange<Double>) throws(Mistake) -> Double {
        let number: Double? =
            switch value {
            case .whole(let whole): Double(whole)
            case .number(let number): number
            case .text: nil
            }
        guard let number, range.contains(number) else {
            throw Mistake(
                sentence:
                    "\(rawValue) must be a number from \(Text.short(range.lowerBound)) to \(Text.short(range.upperBound))."
            )
        }
        return number
    }
}

extension DemoSection {
    /// Puts the parameters of this table into settings, the activation before what it brings with it.
    func apply(to settings: inout Settings) throws(DemoError) {
        try check(keys: DemoParameter.names, in: "parameters")
        for parameter in DemoParameter.allCases {
            guard let value = try scalar(parameter.rawValue) else { continue }
            try set(parameter, value, key: parameter.rawValue, in: &settings)
        }
    }

    func set(
        _ parameter: DemoParameter, _ value: Scalar, key: String, in settings: inout Settings
    ) throws(DemoError) {
        do {
            try parameter.set(value, in: &settings)
        } catch {
            throw self.error(key, error.sentence)
        }
    }

    /// Refuses settings that cannot be served: out of range, a trace that cannot be read, more memory than there is.
    func validate(_ settings: Settings, key: String?) throws(DemoError) {
        do {
            try settings.validate()
        } catch {
            throw self.error(key, error.description + ".")
        }
    }
}

import Attention
import Foundation
import HalfSpace
import Simulation
import Workload

/// One step of a parameter along its ladder: pure, so that every key can be tested without an engine.
extension Parameter {
    static let dimensions = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]
    static let lengths = (8...21).map { 1 << $0 }
    static let entmaxAlphas = [1.25, 1.5, 1.75, 2, 3]
    static let exponents = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 1]

    /// The settings after `steps` steps up (or down, below 0); unchanged at the end of a ladder.
    func stepped(
        _ settings: Settings, by steps: Int, snapshot: Snapshot, remembered: inout Remembered
    ) -> Settings {
        var next = settings
        switch self {
        case .dimension:
            next.d = Self.along(Self.dimensions, from: settings.resolvedDimension(snapshot), by: steps)
        case .length:
            next.n = Self.length(from: settings, by: steps, snapshot: snapshot)
        case .alpha:
            next.activation = Self.alpha(of: settings.activation, by: steps)
        case .offset:
            let tenths = (settings.threshold.offset * 10).rounded() + Double(steps)
            next.threshold.offset = min(max(tenths, -50), 50) / 10
        case .budget:
            next.threshold.budget = Self.budget(from: settings.threshold.budget, by: steps)
        case .rule:
            // Only a language model learned a threshold, and ReLU through half-space reporting has no error to keep to.
            let rules = ThresholdRule.allCases.filter {
                ($0 != .learned || settings.workload == .model)
                    && ($0 != .error || settings.activation == .softmax && settings.request.shape == nil)
            }
            next.threshold.rule = Self.cycled(rules, from: settings.threshold.rule, by: steps)
            // Taking over by hand starts from the threshold in force, so that nothing jumps.
            if next.threshold.rule == .manual, let b = snapshot.history.last?.threshold, b.isFinite {
                next.threshold.manual = (b * 1000).rounded() / 1000
                next.threshold.offset = 0
            }
        case .activation:
            next.activation = Self.activation(after: settings, by: steps, remembered: &remembered)
            next.threshold =
                remembered.thresholds[next.activation.name]
                ?? Remembered.initialThreshold(of: next.activation, in: settings.workload)
            next.fitModel()
        case .workload:
            next = Self.workload(after: settings, by: steps, remembered: &remembered)
        case .index:
            next.index = Self.cycled(Self.indexes, from: settings.index, by: steps)
        case .head:
            // From the last head of a layer to the first of the next.
            let layers = snapshot.layers
            let heads = max(1, layers.isEmpty ? snapshot.heads : layers.reduce(0) { $0 + $1.heads })
            let number = (settings.headNumber(in: layers) ?? 0) + steps
            next = settings.choosing(head: (number % heads + heads) % heads, of: layers)
        }
        return next
    }

    static let indexes = [IndexChoice.auto] + IndexKind.allCases.map(IndexChoice.fixed)

    /// The next of a sorted ladder: from between two rungs a step goes to the nearer end of the step.
    static func along<T: Comparable>(_ ladder: [T], from value: T, by steps: Int) -> T {
        let position =
            steps > 0
            ? (ladder.lastIndex { $0 <= value } ?? -1) + steps
            : (ladder.firstIndex { $0 >= value } ?? ladder.count) + steps
        return ladder[min(max(position, 0), ladder.count - 1)]
    }

    private static func cycled<T: Equatable>(_ all: [T], from value: T, by steps: Int) -> T {
        let position = all.firstIndex(of: value) ?? 0
        return all[((position + steps) % all.count + all.count) % all.count]
    }

    /// Powers of two; a trace ends at its own number of keys, which is "all", nil.
    private static func length(from settings: Settings, by steps: Int, snapshot: Snapshot) -> Int? {
        let present = settings.resolvedLength(snapshot)
        guard settings.workload == .trace else { return along(lengths, from: present, by: steps) }
        guard let trace = snapshot.trace else { return settings.n }
        // A cache that grows needs something to grow by.
        guard !trace.grows else { return along(lengths.filter { $0 < trace.keys }, from: present, by: steps) }
        let next = along(lengths.filter { $0 < trace.keys } + [trace.keys], from: present, by: steps)
        return next == trace.keys ? nil : next
    }

    private static func alpha(of activation: Activation, by steps: Int) -> Activation {
        switch activation {
        case .relu(let alpha): .relu(alpha: min(max(alpha + steps, 1), 8))
        case .softmax: .softmax
        case .entmax(let alpha): .entmax(alpha: along(entmaxAlphas, from: alpha, by: steps))
        }
    }

    private static func budget(from budget: Budget, by steps: Int) -> Budget {
        switch budget {
        case .keys(let r): .keys(along((0...21).map { 1 << $0 }, from: r, by: steps))
        case .power(let gamma): .power(along(exponents, from: gamma, by: steps))
        }
    }

    private static func activation(
        after settings: Settings, by steps: Int, remembered: inout Remembered
    ) -> Activation {
        remembered.thresholds[settings.activation.name] = settings.threshold
        switch settings.activation {
        case .relu(let alpha): remembered.reluAlpha = alpha
        case .entmax(let alpha): remembered.entmaxAlpha = alpha
        case .softmax: break
        }
        let all = [
            Activation.relu(alpha: remembered.reluAlpha), .softmax, .entmax(alpha: remembered.entmaxAlpha),
        ]
        return cycled(all, from: settings.activation, by: steps)
    }

    private static func workload(after settings: Settings, by steps: Int, remembered: inout Remembered) -> Settings {
        var next = settings
        next.workload = cycled([.massive, .gaussian, .trace, .model], from: settings.workload, by: steps)
        if ![.trace, .model].contains(settings.workload) {
            remembered.length = settings.n
            remembered.dimension = settings.d
            remembered.shape = settings.request.shape
        }
        if settings.workload == .model || next.workload == .model { (next.layer, next.head) = (nil, nil) }
        let isMade = ![.trace, .model].contains(next.workload)
        if next.request.shape != nil || isMade && remembered.shape != nil {
            if isMade != (next.request.shape != nil) { next.head = nil }
            next.request.shape = isMade ? remembered.shape : nil
        }
        if settings.workload == .model {
            // What belongs to a model goes with it.
            if next.activation == .relu(alpha: 2) { next.activation = .relu(alpha: remembered.reluAlpha) }
            if next.threshold.rule == .learned {
                next.threshold = Remembered.initialThreshold(of: next.activation, in: next.workload)
            }
        }
        if next.workload == .model {
            if case .relu(let alpha) = next.activation { remembered.reluAlpha = alpha }
            next.threshold = Remembered.initialThreshold(of: next.activation, in: .model)
            if next.model.paths.isEmpty { next.model = .bundled }
            next.fitModel()
        }
        if next.workload == .trace || next.workload == .model {
            next.n = nil
            next.d = nil
        } else if settings.workload == .model || settings.workload == .trace {
            next.n = remembered.length
            next.d = remembered.dimension
        }
        return next
    }
}

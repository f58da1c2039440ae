import PlainText

/// Why a workload cannot be made; prints itself as one sentence.
public enum WorkloadError: Error, Equatable, Sendable {
    case dimensionOutOfRange(Int)
    case lengthOutOfRange(Int)
    case temperatureOutOfRange(Double)
    case rankOutOfRange(Int, dimension: Int)
    /// A language model's rows come from the text that it writes.
    case writesItself
    /// A trace is wanted and no file is named.
    case noTrace
    /// The file cannot be read, or holds something wrong.
    case trace(TraceFault)
    case noSuchLayer(Int, path: String, layers: [Int])
    case noSuchHead(Int, path: String, tensor: String, heads: Int)
    case traceDimension(asked: Int, path: String, dimension: Int)
    case traceLength(asked: Int, path: String, tensor: String, shortest: Int, longest: Int)
    /// Queries that the trace has not.
    case traceReplay(from: Int, to: Int, path: String, first: Int, end: Int)
    case replayBesidePrompt(from: Int, n: Int)
    case scaleOutOfRange(Double)
    case softcapOutOfRange(Double)
    case namesWithoutPart(String)
    case headsOutOfRange(Int)
    case headsNotShared(heads: Int, keyHeads: Int)
    case noSuchHeadOfLayer(Int, heads: Int)
    /// Traces and models bring their heads.
    case headsOfTheirOwn(WorkloadKind)

    /// What a trace's file or a request of it threw.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as WorkloadError: self = error
        case let fault as TraceFault: self = .trace(fault)
        default: self = .trace(TraceFault(path: path, problem: .cannotRead("\(error)")))
        }
    }

    /// Whose fault it is, in the terms of sysexits(3).
    public enum Category: Int32, Sendable {
        /// The request cannot be served.
        case usage = 64
        /// A file's content is wrong.
        case badData = 65
        /// A file cannot be opened or read.
        case cannotRead = 66
    }

    public var category: Category {
        switch self {
        case .trace(let fault): fault.isUnreadable ? .cannotRead : .badData
        case .writesItself, .dimensionOutOfRange, .lengthOutOfRange, .temperatureOutOfRange, .rankOutOfRange, .noTrace,
            .noSuchLayer, .noSuchHead, .traceDimension, .traceLength, .traceReplay, .replayBesidePrompt,
            .scaleOutOfRange, .softcapOutOfRange, .namesWithoutPart, .headsOutOfRange, .headsNotShared,
            .noSuchHeadOfLayer,
            .headsOfTheirOwn:
            .usage
        }
    }
}

extension WorkloadError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .dimensionOutOfRange(let d):
            "the dimension d is \(d), but must be from \(WorkloadLimits.dimension.lowerBound) to"
                + " \(WorkloadLimits.dimension.upperBound)"
        case .temperatureOutOfRange(let temperature):
            "the temperature is \(temperature), but must be from \(WorkloadLimits.temperature.lowerBound) to"
                + " \(WorkloadLimits.temperature.upperBound)"
        case .rankOutOfRange(let rank, let d):
            "the rank is \(rank), but must be from 1 to the dimension d, \(d)"
        case .lengthOutOfRange(let n):
            "the context length n is \(n), but must be from \(WorkloadLimits.length.lowerBound) to"
                + " \(WorkloadLimits.length.upperBound)"
        case .headsOutOfRange(let heads):
            "a layer of \(heads) heads cannot be made; it must have from 1 to \(LayerShape.most)"
        case .headsNotShared(let heads, let keyHeads):
            "\(heads) heads are no multiple of \(keyHeads) key-value heads; each of those serves as many heads as the next"
        case .noSuchHeadOfLayer(let head, let heads):
            "there is no head \(head); the layer's heads are 0 to \(heads - 1)"
        case .headsOfTheirOwn(let kind):
            "the workload \(kind.rawValue) has heads of its own; a number of heads goes with gaussian and massive"
        case .writesItself:
            "a language model makes its keys while it writes; here the workload must be gaussian, massive or trace"
        case .noTrace:
            "no trace is named; give a safetensors file with --trace"
        case .trace(let fault):
            fault.description
        case .noSuchLayer(let layer, let path, let layers):
            "\(path.plain()) has no layer \(layer); it has \(layers.prefix(40).map(String.init).joined(separator: ", "))\(layers.count > 40 ? ", …" : "")"
        case .noSuchHead(let head, let path, let tensor, let heads):
            "\(path.plain()) has no head \(head); the heads of \(tensor.plain(120)) are 0 to \(heads - 1)"
        case .traceDimension(let asked, let path, let dimension):
            "the dimension d cannot be \(asked): that of \(path.plain()) is \(dimension)"
        case .traceLength(let asked, let path, let tensor, let shortest, let longest):
            "the context length n cannot be \(asked): \(tensor.plain(120)) of \(path.plain()) allows \(shortest) to \(longest)"
        case .traceReplay(let from, let to, let path, let first, let end):
            "queries cannot be replayed from \(from) to \(to): those of \(path.plain()) are \(first) to \(end)"
        case .replayBesidePrompt(let from, let n):
            "queries cannot be replayed from \(from) after a prompt of n = \(n): in a causal trace the first of them"
                + " follows the prompt; leave one of the two out"
        case .scaleOutOfRange(let scale):
            "the scale is \(scale), but must be a number above 0"
        case .softcapOutOfRange(let cap):
            "the soft cap is \(cap), but must be a number above 0"
        case .namesWithoutPart(let pattern):
            "the names' pattern is “\(pattern.plain(120))”, but must hold {part} once and {layer} at most once, as"
                + " “layers.{layer}.{part}” does"
        }
    }
}

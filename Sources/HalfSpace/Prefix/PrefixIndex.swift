import CKernels

/// For keys of low rank: boxes and codes over the leading principal components and the norm of what they leave; what
/// those cannot rule out is read in float32 from the store.
public final class PrefixIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "prefix", summary: "boxes over the leading principal components, for keys of low rank",
        dimensions: 2...Int(CK_BOXES_MOST),
        search: .groups(
            name: "boxes", areAlike: false,
            reading:
                "This index drops boxes over the leading principal components by their bounds and scores what is left; "
                + "the Index view counts them."))

    public let rows: Range<Int>
    private let store: KeyValueStore
    private let keys: PrefixKeys
    private let boxed: BoxedKeys
    /// The axes and after them the mean of the keys, for the kernel of a step.
    private let axes: AlignedBuffer<Double>

    /// Builds on so many threads, with a prefix for queries like those given.
    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.store = store
        self.rows = rows
        guard !rows.isEmpty else {
            throw IndexCannotServe(kind: .prefix, reason: "there are no keys to find a low rank in")
        }
        guard store.largestKeyNorm < CK_BOXES_MOST_NORM else {
            throw IndexCannotServe(kind: .prefix, reason: "a key's norm is above \(CK_BOXES_MOST_NORM)")
        }
        let d = store.dimension
        let all = store.floatKeys(rows)
        defer { withExtendedLifetime(all) {} }
        let first = all.base
        guard let longest = PrefixLength.longest(dimension: d), d <= Int(CK_BOXES_MOST) else {
            throw IndexCannotServe(
                kind: .prefix, reason: "d is \(d), and keys of 2 to \(CK_BOXES_MOST) dimensions have a prefix")
        }
        let principal = PrincipalAxes(keys: first, count: rows.count, dimension: d, axes: longest)
        keys = PrefixKeys(
            principal: principal, dimension: d,
            prefix: try Self.prefix(principal, first, rows.count, queries: hints.queries))
        let kept = keys.prefix * d
        axes = AlignedBuffer(count: kept + d)
        for i in 0..<kept { axes.base[i] = principal.axes[i] }
        for t in 0..<d { axes.base[kept + t] = principal.mean[t] }
        boxed = try Self.box(keys, first, rows.count, threads: threads, progress: progress)
    }

    /// The prefix that costs least, if its bound rules most keys out.
    private static func prefix(
        _ principal: PrincipalAxes, _ first: UnsafePointer<Float>, _ count: Int, queries: [[Float]]
    ) throws -> Int {
        let chosen = PrefixLength(principal, keys: first, count: count, queries: queries)
        guard chosen.excess <= PrefixLength.mostExcess else {
            let (length, d) = (chosen.components, principal.mean.count)
            func percent(_ share: Double) -> Int { Int((100 * share).rounded()) }
            let tail = percent(1 - principal.share(of: length))
            throw IndexCannotServe(
                kind: .prefix,
                reason: "the first \(length) of \(d) principal components leave \(tail) % of the keys' variance, and a "
                    + "bound by them would rule out only \(percent(1 - chosen.excess)) % of the keys")
        }
        return chosen.components
    }

    private static func box(
        _ keys: PrefixKeys, _ first: UnsafePointer<Float>, _ count: Int, threads: Int, progress: BuildProgress
    ) throws -> BoxedKeys {
        var short = [Float](repeating: 0, count: count * keys.length)
        for start in stride(from: 0, to: count, by: 1 << 14) {
            try progress(0.3 * Double(start) / Double(count))
            keys.shortened(first, start..<min(start + 1 << 14, count), into: &short)
        }
        let shortStore = KeyValueStore(dimension: keys.length, valueDimension: 1, capacity: count)
        try shortStore.append(keys: short, values: [Float](repeating: 0, count: count))
        short = []
        return try BoxedKeys(
            store: shortStore, rows: 0..<count, threads: threads, keepsRecords: false,
            progress: { try progress(0.3 + 0.7 * $0) })
    }

    /// How much of the keys' variance the prefix holds, in words.
    public var note: String? {
        let share = 100 * keys.principal.share(of: keys.prefix)
        let rounded = share < 99 ? "\(Int(share.rounded()))" : "\((10 * share).rounded(.down) / 10)"
        return "\(keys.prefix) of \(keys.dimension) principal components hold \(rounded) % of the keys' variance"
    }

    public var bytes: Int { boxed.bytes + axes.bytes + keys.principal.axes.count * MemoryLayout<Double>.size }

    public func driver(in memory: StepMemory) -> ck_part {
        let all = store.kernelRows
        let meanNorm = keys.principal.mean.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
        let index = ck_prefix_index(
            boxed: boxed.driverIndex(in: memory), axes: axes.base, mean: axes.base + keys.prefix * store.dimension,
            mean_norm: meanNorm,
            renaming: ck_renaming(rows: boxed.positions.base, first_row: UInt32(rows.lowerBound)), keys: all.keys,
            values: all.values)
        return ck_part(find: ck_find_prefix, index: memory.keep(index), lists_values: 1, traces: 0)
    }
}

extension IndexKind {
    /// Boxes over the leading principal components and the norm of the rest, for keys of low rank.
    public static let prefix = PrefixIndex.kind
}

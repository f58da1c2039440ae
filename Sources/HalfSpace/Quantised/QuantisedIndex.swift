import CKernels

/// The scan in low-bit codes: a few bits of every key, float32 of those that the bound leaves; O(n·d) a query with an
/// eighth of the bytes of the keys alone. It holds codes only: keys and values are the store's.
public final class QuantisedIndex: StaticIndex {
    public static let description = IndexDescription(
        name: "quantised", summary: "codes of a few bits an entry with a sound error bound",
        dimensions: 1...Int(CK_MOST_DIMENSIONS),
        search: .groups(
            name: "blocks", areAlike: true,
            reading: "This index reads a few bits of every key and scores those that they cannot rule out."))

    public let rows: Range<Int>
    private let store: KeyValueStore
    private let coded: CodedKeys
    /// Queries of a step that share the keys and are looked for ahead; 0 where there is but one.
    private let looks: Int

    public init(store: KeyValueStore, rows: Range<Int>, hints: QueryHints, threads: Int, progress: BuildProgress) throws
    {
        self.store = store
        self.rows = rows
        looks = hints.sharing > 1 ? min(hints.sharing, Int(CK_MOST_LOOKS)) : 0
        guard store.dimension <= Int(CK_MOST_DIMENSIONS) else {
            throw IndexCannotServe(kind: .quantised, reason: "d is above \(CK_MOST_DIMENSIONS)")
        }
        let keys = store.floatKeys(rows)
        defer { withExtendedLifetime(keys) {} }
        coded = try CodedKeys(
            keys: keys.base, count: rows.count, dimension: store.dimension, threads: threads, progress: progress)
    }

    public var bytes: Int { coded.bytes }

    public func driver(in memory: StepMemory) -> ck_part {
        let all = store.kernelRows
        let listed = min(Int(CK_CODES_STRETCH), coded.groupCount) * CodedKeys.groupRows
        let room = listed + 64
        let lists: UnsafeMutablePointer<UInt32> = memory.room(looks * room)
        let looked: UnsafeMutablePointer<ck_codes_look> = memory.room(looks)
        for k in 0..<looks { looked[k].ids = lists + k * room }
        let index = ck_codes_index(
            coded: coded.view, keys: ck_table_from(all.keys, rows.lowerBound),
            values: ck_table_from(all.values, rows.lowerBound), first_row: UInt32(rows.lowerBound),
            groups: coded.groupCount, query: memory.room(max(1, looks)), members: memory.members(listed),
            looks: looked, most_looks: looks, list_room: room)
        return ck_part(
            find: ck_find_codes, index: memory.keep(index), lists_values: 1, traces: 0,
            look: looks > 0 ? ck_look_for_codes : nil, most_looks: looks)
    }
}

extension IndexKind {
    /// Low-bit codes with a sound error bound.
    public static let quantised = QuantisedIndex.kind
}

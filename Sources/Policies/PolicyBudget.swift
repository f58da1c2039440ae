import HalfSpace

/// How many bytes a policy may read for one query: keys, values and whatever it keeps beside them, in float32.
public struct PolicyBudget: Sendable, Equatable {
    public var bytes: Int
    /// Whether what is neither key nor value (bounds, centroids, codes, buckets, sums) counts as well. Comparisons at equal keys
    /// leave it out.
    public var chargesMetadata: Bool

    public init(bytes: Int, chargesMetadata: Bool = true) {
        (self.bytes, self.chargesMetadata) = (max(0, bytes), chargesMetadata)
    }

    /// The keys and values of r rows.
    public init(rows r: Int, of store: KeyValueStore, chargesMetadata: Bool = true) {
        self.init(bytes: max(0, r) * Self.rowBytes(store), chargesMetadata: chargesMetadata)
    }

    /// Bytes of a key and its value.
    public static func rowBytes(_ store: KeyValueStore) -> Int {
        (store.dimension + store.valueDimension) * MemoryLayout<Float>.size
    }

    /// Rows that can be read beside metadata of so many bytes, and of so many for each row.
    func rows(of store: KeyValueStore, beside metadata: Int = 0, each perRow: Int = 0) -> Int {
        let row = Self.rowBytes(store) + (chargesMetadata ? perRow : 0)
        return max(0, bytes - (chargesMetadata ? metadata : 0)) / row
    }

    /// Whether it pays for such reads.
    func pays(for read: ReadBytes) -> Bool {
        read.keys + read.values + (chargesMetadata ? read.metadata : 0) <= bytes
    }
}

/// What one query read, in bytes.
public struct ReadBytes: Sendable, Equatable {
    /// Keys, those that were scored in vain among them.
    public var keys: Int
    public var values: Int
    /// All else: bounds, centroids, codes, buckets, sums.
    public var metadata: Int

    public init(keys: Int = 0, values: Int = 0, metadata: Int = 0) {
        (self.keys, self.values, self.metadata) = (keys, values, metadata)
    }

    /// Keys and values of so many rows.
    init(rows: Int, of store: KeyValueStore, metadata: Int = 0) {
        let size = MemoryLayout<Float>.size
        self.init(
            keys: rows * store.dimension * size, values: rows * store.valueDimension * size, metadata: metadata)
    }

    public var total: Int { keys + values + metadata }
}

/// Sums of monomials of (key − mean), alone and times each entry of the value, in float64: for a leaf, for a node from its
/// children, and rounded to float32.
///
/// A node is a mean (d entries) and `size` sums: for each monomial of degree 0, 1, … `order`, 1 + dv of them, the first
/// without a value.
struct MomentSums {
    let d: Int
    let dv: Int
    let order: Int
    let size: Int
    private let width: Int
    /// The factors of each monomial of degree 2 and 3, and where the monomial of given factors stands.
    private let pairs: [(Int, Int)]
    private let triples: [(Int, Int, Int)]
    private let pairAt: [Int]

    init(dimension d: Int, valueDimension dv: Int, order: Int) {
        self.d = d
        self.dv = dv
        self.order = order
        width = dv + 1
        var pairs: [(Int, Int)] = []
        var triples: [(Int, Int, Int)] = []
        var pairAt = [Int](repeating: 0, count: d * d)
        if order >= 2 {
            for t in 0..<d {
                for u in t..<d {
                    pairAt[t * d + u] = pairs.count
                    pairAt[u * d + t] = pairs.count
                    pairs.append((t, u))
                    if order >= 3 { for v in u..<d { triples.append((t, u, v)) } }
                }
            }
        }
        self.pairs = pairs
        self.triples = triples
        self.pairAt = pairAt
        size = (1 + d + pairs.count + triples.count) * width
    }

    private func first(_ t: Int) -> Int { d + (1 + t) * width }
    private func second(_ i: Int) -> Int { d + (1 + d + i) * width }
    private func third(_ i: Int) -> Int { d + (1 + d + pairs.count + i) * width }

    /// The sums of a leaf of so many keys; `leaf` is laid out as the kernels read it, `node` is all zero.
    func addLeaf(_ leaf: UnsafePointer<Float>, _ present: Int, into node: UnsafeMutablePointer<Double>) {
        let lanes = PartitionTree.leafSize
        let values = leaf + d * lanes
        let narrow = dv <= PartitionTree.narrowValues
        for t in 0..<d {
            for i in 0..<present { node[t] += Double(leaf[t * lanes + i]) }
            node[t] /= Double(present)
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width + d) { room in
            guard let value = room.baseAddress else { return }
            let x = value + width
            value[0] = 1
            func add(_ factor: Double, _ at: Int) { for s in 0..<width { node[at + s] += factor * value[s] } }
            for i in 0..<present {
                for s in 0..<dv { value[1 + s] = Double(narrow ? values[s * lanes + i] : values[i * dv + s]) }
                for t in 0..<d { x[t] = Double(leaf[t * lanes + i]) - node[t] }
                add(1, d)
                for t in 0..<d { add(x[t], first(t)) }
                for (m, (t, u)) in pairs.enumerated() { add(x[t] * x[u], second(m)) }
                for (m, (t, u, v)) in triples.enumerated() { add(x[t] * x[u] * x[v], third(m)) }
            }
        }
    }

    /// The sums of a node from those of its children, which are moved to the node's mean; `node` is all zero.
    func combine(
        _ children: UnsafeMutablePointer<Double>, _ count: Int, into node: UnsafeMutablePointer<Double>
    ) {
        var keys = 0.0
        for c in 0..<count {
            let child = children + c * (d + size)
            keys += child[d]
            for t in 0..<d { node[t] += child[t] * child[d] }
        }
        for t in 0..<d { node[t] /= keys }
        for c in 0..<count {
            let child = children + c * (d + size)
            move(child, to: node)
            for i in d..<d + size { node[i] += child[i] }
        }
    }

    /// Moves the sums to another mean.
    private func move(_ node: UnsafeMutablePointer<Double>, to mean: UnsafePointer<Double>) {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: d) { e in
            for t in 0..<d {
                e[t] = node[t] - mean[t]
                node[t] = mean[t]
            }
            for s in 0..<width {
                let zero = node[d + s]
                func one(_ t: Int) -> Double { node[first(t) + s] }
                func two(_ t: Int, _ u: Int) -> Double { node[second(pairAt[t * d + u]) + s] }
                for (m, (t, u, v)) in triples.enumerated() {
                    node[third(m) + s] +=
                        e[t] * two(u, v) + e[u] * two(t, v) + e[v] * two(t, u) + e[t] * e[u] * one(v)
                        + e[t] * e[v] * one(u) + e[u] * e[v] * one(t) + e[t] * e[u] * e[v] * zero
                }
                for (m, (t, u)) in pairs.enumerated() {
                    node[second(m) + s] += e[t] * one(u) + e[u] * one(t) + e[t] * e[u] * zero
                }
                for t in 0..<d { node[first(t) + s] += e[t] * zero }
            }
        }
    }

    /// Writes a node as the kernels read it, about its mean as float32 has it, with the multiplicities of the monomials;
    /// false if a sum does not fit.
    func store(
        _ node: UnsafeMutablePointer<Double>, node index: Int, strides: [Int], into arrays: [Slab<Float>]
    ) -> Bool {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: d) { mean in
            guard let mean = mean.baseAddress else { return }
            for t in 0..<d { mean[t] = Double(Float(node[t])) }
            move(node, to: UnsafePointer(mean))
        }
        var finite = true
        func put(_ x: Double, _ target: UnsafeMutablePointer<Float>) {
            target.pointee = Float(x)
            finite = finite && target.pointee.isFinite
        }
        let one = arrays[0].base + index * strides[0]
        for t in 0..<d { put(node[t], one + t) }
        for s in 0..<dv {
            put(node[d + 1 + s], one + d + s)
            for t in 0..<d { put(node[first(t) + 1 + s], one + d + dv + t * dv + s) }
        }
        if order >= 2 {
            let two = arrays[1].base + index * strides[1]
            for (m, (t, u)) in pairs.enumerated() {
                for s in 0..<width { put(node[second(m) + s] * (t == u ? 1 : 2), two + m * width + s) }
            }
        }
        if order >= 3 {
            let three = arrays[2].base + index * strides[2]
            for (m, (t, u, v)) in triples.enumerated() {
                let ways: Double = t == u && u == v ? 1 : t == u || u == v ? 3 : 6
                for s in 0..<width { put(node[third(m) + s] * ways, three + m * width + s) }
            }
        }
        return finite
    }
}

/// The query, key and value tensors of one layer, with shapes that fit each other.
struct TraceLayer: Sendable {
    let number: Int
    let queries: SafetensorsFile.Tensor
    let keys: SafetensorsFile.Tensor
    let values: SafetensorsFile.Tensor

    /// The heads of the query tensor.
    var heads: Int { queries.shape[0] }
    /// How many query heads share a head of keys and values (grouped-query attention); 1 if each has its own.
    var queriesPerKeyHead: Int { queries.shape[0] / keys.shape[0] }

    /// The layers that a file has, ascending: the numbers in names such as `layers.3.q` and `layer3.q`.
    static func numbers(in file: SafetensorsFile) throws(TraceFault) -> [Int] {
        Set(try roles(in: file).keys.map(\.layer)).sorted()
    }

    init(number: Int, file: SafetensorsFile) throws(TraceFault) {
        let roles = try Self.roles(in: file)
        func tensor(_ role: Role) throws(TraceFault) -> SafetensorsFile.Tensor {
            guard let tensor = roles[Place(layer: number, role: role)] else {
                throw TraceFault(path: file.path, problem: .missingTensor("layers.\(number).\(role.rawValue)"))
            }
            return tensor
        }
        self.number = number
        queries = try tensor(.q)
        keys = try tensor(.k)
        values = try tensor(.v)
        try checkShapes(path: file.path)
    }

    private func checkShapes(path: String) throws(TraceFault) {
        func expect(
            _ holds: Bool, _ tensor: SafetensorsFile.Tensor, _ expected: @autoclosure () -> String
        ) throws(TraceFault) {
            guard !holds else { return }
            let problem = TraceFault.Problem.wrongShape(tensor: tensor.name, shape: tensor.shape, expected: expected())
            throw TraceFault(path: path, problem: problem)
        }
        for tensor in [queries, keys, values] {
            guard HeadRows.Precision(rawValue: tensor.dtype) != nil else {
                throw TraceFault(path: path, problem: .wrongType(tensor: tensor.name, type: tensor.dtype))
            }
            try expect(tensor.shape.count == 3, tensor, "[heads, tokens, d]")
            try expect(tensor.shape.allSatisfy { $0 > 0 }, tensor, "at least one head, one token and one entry")
        }
        let (q, k, v) = (queries.shape, keys.shape, values.shape)
        let limit = WorkloadLimits.dimension
        try expect(limit.contains(q[2]), queries, "[heads, tokens, d] with d from 1 to \(limit.upperBound)")
        try expect(k[2] == q[2], keys, "[heads, tokens, \(q[2])], as \(queries.name) has d = \(q[2])")
        try expect(
            q[0] % k[0] == 0, keys, "[heads, tokens, \(q[2])] with heads that divide the \(q[0]) of \(queries.name)")
        try expect(
            v[0] == k[0] && v[1] == k[1], values, "[\(k[0]), \(k[1]), dv], as \(keys.name) has \(k[0]) heads of \(k[1])"
        )
    }

    private enum Role: String { case q, k, v }

    private struct Place: Hashable {
        var layer: Int
        var role: Role
    }

    private static func roles(in file: SafetensorsFile) throws(TraceFault) -> [Place: SafetensorsFile.Tensor] {
        var roles: [Place: SafetensorsFile.Tensor] = [:]
        for tensor in file.tensors.values.sorted(by: { $0.name < $1.name }) {
            guard let place = place(of: tensor.name) else { continue }
            if let other = roles[place] {
                throw TraceFault(path: file.path, problem: .duplicateTensor(other.name, tensor.name))
            }
            roles[place] = tensor
        }
        guard !roles.isEmpty else {
            throw TraceFault(path: file.path, problem: .noAttention(found: file.tensors.keys.sorted()))
        }
        return roles
    }

    /// `layers.3.q` and `layer3.q` are layer 3's queries.
    private static func place(of name: String) -> Place? {
        guard let dot = name.lastIndex(of: "."), let role = Role(rawValue: String(name[name.index(after: dot)...]))
        else {
            return nil
        }
        let stem = name[..<dot]
        for prefix in ["layers.", "layer"] where stem.hasPrefix(prefix) {
            let digits = stem.dropFirst(prefix.count)
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let layer = Int(digits) else {
                continue
            }
            return Place(layer: layer, role: role)
        }
        return nil
    }
}

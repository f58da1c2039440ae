import HalfSpace

/// Writes what a stream decoded as a trace: a safetensors file whose replay is the same stream, to the last bit of every
/// count, on any machine.
///
/// The prompt's keys and values come first, then those of each step; of the queries there are as many as steps. The numbers are
/// float32, as the engine has them, with a trace's scale in its queries already.
public struct TraceRecording {
    private let workload: any Workload
    private let steps: Int

    /// - Parameter steps: the steps of the first sequence that are written; fewer where the sequence has fewer.
    public init(_ workload: any Workload, steps: Int) {
        self.workload = workload
        self.steps = min(max(0, steps), workload.stepsPerSequence ?? .max)
    }

    /// Gives the file's bytes to `write`, a slice at a time.
    /// - Parameter metadata: what is to be said beside what a replay needs.
    /// - Throws: what the workload or `write` throws.
    public func write(metadata: [String: String] = [:], to write: ([UInt8]) throws -> Void) throws {
        let (n, d, dv) = (workload.promptLength, workload.dimension, workload.valueDimension)
        let rows = n + (workload.appendsKeys ? steps : 0)
        var said = metadata
        said["causal"] = workload.appendsKeys ? "true" : "false"
        if workload.appendsKeys { said["from"] = String(n) }
        if let trace = workload as? TraceWorkload {
            said["softcap"] = trace.softcap.map { "\($0)" }
            said["sinks"] = trace.sinkLogit.map { "\($0)" }
        }
        try write(
            Self.header(
                said,
                [("k", [1, rows, d]), ("q", [1, steps, d]), ("v", [1, rows, dv])].map { ("layers.0.\($0.0)", $0.1) }))

        let store = KeyValueStore(dimension: d, valueDimension: dv, capacity: n)
        try workload.fillPrompt(of: store, progress: { _ in })
        try Self.slices(store.keys, write)
        if workload.appendsKeys { try eachStep(write) { $0.key } }
        try eachStep(write) { $0.query }
        try Self.slices(store.values, write)
        if workload.appendsKeys { try eachStep(write) { $0.value } }
    }

    private func eachStep(_ write: ([UInt8]) throws -> Void, _ part: (DecodeInput) -> [Float]?) throws {
        var pending: [Float] = []
        for step in 0..<steps {
            pending += part(try workload.step(step, sequence: 0)) ?? []
            if pending.count >= Self.slice {
                try write(Self.bytes(pending))
                pending.removeAll()
            }
        }
        try write(Self.bytes(pending))
    }

    /// Floats in a slice.
    private static let slice = 1 << 18

    static func slices<Rows: RandomAccessCollection<Float>>(
        _ rows: Rows, _ write: ([UInt8]) throws -> Void
    ) throws where Rows.Index == Int {
        for start in stride(from: 0, to: rows.count, by: slice) {
            try write(bytes(rows[start..<min(start + slice, rows.count)]))
        }
    }

    private static func bytes(_ floats: some Collection<Float>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * floats.count)
        for float in floats { withUnsafeBytes(of: float.bitPattern.littleEndian) { bytes += $0 } }
        return bytes
    }

    /// The length and the header, padded so that tensors begin at a multiple of 8.
    static func header(_ metadata: [String: String], _ tensors: [(name: String, shape: [Int])]) -> [UInt8] {
        let said = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        var fields = ["\"__metadata__\":{\(said.joined(separator: ","))}"]
        var offset = 0
        for (name, shape) in tensors {
            let end = offset + 4 * shape.reduce(1, *)
            fields.append(
                "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var text = Array("{\(fields.joined(separator: ","))}".utf8)
        text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

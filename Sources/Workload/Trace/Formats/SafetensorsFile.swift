/// A safetensors file: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes without a gap.
///
/// Opening checks what the header says of every tensor against the file: offsets inside it, sizes that fit the shape,
/// every byte in one tensor. What the numbers are is checked by who reads them.
/// Format: https://github.com/huggingface/safetensors
enum SafetensorsFile: TensorFormat {
    /// The longest header that is read, as in the reference implementation.
    static let longestHeader = 100_000_000

    /// Whatever is no folder and no other format.
    static func recognises(_ path: TracePath) -> Bool { path.entries == nil || onlyFile(in: path) != nil }

    static func open(_ path: TracePath) throws(TraceFault) -> TensorCollection {
        var collection = try open(onlyFile(in: path) ?? path.text)
        collection.path = path.text
        return collection
    }

    /// The one safetensors file of a folder.
    private static func onlyFile(in path: TracePath) -> String? {
        let files = (path.entries ?? []).filter { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }
        return files.count == 1 ? path.file(files[0]) : nil
    }

    /// Reads a file's header.
    static func open(_ path: String) throws(TraceFault) -> TensorCollection {
        let file = try FileBytes(path: path)
        guard file.count >= 8 else { throw TraceFault(path: path, problem: .tooShort(bytes: file.count)) }
        let length = try file.bytes(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(file.count - 8) else {
            throw TraceFault(path: path, problem: .headerTooLong(length: length, following: file.count - 8))
        }
        guard length <= UInt64(longestHeader) else {
            let reason = "it is of \(length) bytes, and the longest allowed is of \(longestHeader)"
            throw TraceFault(path: path, problem: .malformedHeader(reason))
        }
        let start = 8 + Int(length)
        let header: SafetensorsHeader
        do {
            header = try SafetensorsHeader(try file.bytes(8..<start))
        } catch let fault as TraceFault {
            throw fault
        } catch let fault as SafetensorsHeader.Fault {
            throw TraceFault(path: path, problem: .malformedHeader(fault.reason))
        } catch {
            throw TraceFault(path: path, problem: .malformedHeader("\(error)"))
        }
        var collection = TensorCollection(path: path, format: "safetensors", metadata: header.metadata)
        for (name, entry) in header.tensors.sorted(by: { $0.key < $1.key }) {
            collection.tensors[name] = try place(entry, name: name, in: file, from: start)
        }
        try checkCover(header.tensors, following: file.count - start, path: path)
        return collection
    }

    private static func place(
        _ entry: SafetensorsHeader.Entry, name: String, in file: FileBytes, from start: Int
    ) throws(TraceFault) -> StoredTensor {
        let following = file.count - start
        guard entry.offsets.count == 2, entry.offsets[0] >= 0, entry.offsets[0] <= entry.offsets[1],
            entry.offsets[1] <= following
        else {
            let problem = TraceFault.Problem.outside(tensor: name, offsets: entry.offsets, dataBytes: following)
            throw TraceFault(path: file.path, problem: problem)
        }
        let bytes = entry.offsets[1] - entry.offsets[0]
        if let width = ElementType.declaredBytes(entry.type) {
            guard let expected = StoredTensor.byteCount(entry.shape, width: width) else {
                let problem = TraceFault.Problem.wrongShape(
                    tensor: name, shape: entry.shape, expected: "lengths from 0 that fit a file")
                throw TraceFault(path: file.path, problem: problem)
            }
            guard bytes == expected else {
                let problem = TraceFault.Problem.wrongSize(
                    tensor: name, bytes: bytes, expected: expected, what: "\(entry.type) of shape \(entry.shape)")
                throw TraceFault(path: file.path, problem: problem)
            }
        }
        return StoredTensor(
            name: name, type: entry.type, shape: entry.shape, bytes: file, start: start + entry.offsets[0],
            element: ElementType(rawValue: entry.type))
    }

    /// Checks that each byte after the header belongs to one tensor, as the reference implementation does.
    private static func checkCover(
        _ tensors: [String: SafetensorsHeader.Entry], following: Int, path: String
    ) throws(TraceFault) {
        var (end, last) = (0, "")
        let ordered = tensors.filter { $0.value.offsets[0] < $0.value.offsets[1] }
            .sorted { ($0.value.offsets[0], $0.key) < ($1.value.offsets[0], $1.key) }
        for (name, entry) in ordered {
            if entry.offsets[0] < end { throw TraceFault(path: path, problem: .overlap(last, name)) }
            if entry.offsets[0] > end {
                throw TraceFault(path: path, problem: .gap(bytes: entry.offsets[0] - end, before: name))
            }
            (end, last) = (entry.offsets[1], name)
        }
        if end < following { throw TraceFault(path: path, problem: .trailing(bytes: following - end, declared: end)) }
    }
}

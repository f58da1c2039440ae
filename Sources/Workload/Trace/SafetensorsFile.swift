import Foundation

/// A safetensors file, mapped into memory: 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes.
///
/// Opening checks what the header says of every tensor against the file: offsets inside it, sizes that fit the shape,
/// no byte in two tensors. What the numbers are is checked by who reads them.
/// Format: https://github.com/huggingface/safetensors
struct SafetensorsFile: Sendable {
    /// A tensor's place in the file.
    struct Tensor: Sendable {
        var name: String
        var dtype: String
        var shape: [Int]
        /// Absolute, in bytes.
        var bytes: Range<Int>
    }

    /// The longest header that is read, as in the reference implementation.
    static let longestHeader = 100_000_000

    let path: String
    let data: Data
    let tensors: [String: Tensor]
    let metadata: [String: String]

    /// Maps the file and reads its header.
    init(path: String) throws(TraceFault) {
        self.path = path
        data = try Self.map(path)
        guard data.count >= 8 else { throw TraceFault(path: path, problem: .tooShort(bytes: data.count)) }
        let length = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard length <= UInt64(min(data.count - 8, Self.longestHeader)) else {
            throw TraceFault(path: path, problem: .headerTooLong(length: length, following: data.count - 8))
        }
        let start = 8 + Int(length)
        let header: SafetensorsHeader
        do {
            header = try JSONDecoder().decode(SafetensorsHeader.self, from: Data(data[8..<start]))
        } catch {
            throw TraceFault(path: path, problem: .malformedHeader(SafetensorsHeader.reason(error)))
        }
        metadata = header.metadata
        tensors = try Self.place(header.tensors, from: start, to: data.count, path: path)
    }

    private static func map(_ path: String) throws(TraceFault) -> Data {
        let url = URL(fileURLWithPath: path)
        do {
            let kind = try url.resourceValues(forKeys: [.isRegularFileKey, .isDirectoryKey])
            guard kind.isRegularFile == true else {
                let reason = kind.isDirectory == true ? "it is a folder" : "it is not a regular file"
                throw TraceFault(path: path, problem: .cannotRead(reason))
            }
            return try Data(contentsOf: url, options: .alwaysMapped)
        } catch let fault as TraceFault {
            throw fault
        } catch {
            throw TraceFault(path: path, problem: .cannotRead(FileFault.reason(error)))
        }
    }

    /// Checks where the tensors lie.
    private static func place(
        _ entries: [String: SafetensorsHeader.Entry], from start: Int, to end: Int, path: String
    ) throws(TraceFault) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard entry.offsets.count == 2, entry.offsets[0] >= 0, entry.offsets[0] <= entry.offsets[1],
                entry.offsets[1] <= end - start
            else {
                let problem = TraceFault.Problem.outside(
                    tensor: name, offsets: entry.offsets, dataBytes: end - start)
                throw TraceFault(path: path, problem: problem)
            }
            let bytes = (start + entry.offsets[0])..<(start + entry.offsets[1])
            if let width = elementSize(entry.dtype) {
                guard let expected = byteCount(entry.shape, width: width) else {
                    let problem = TraceFault.Problem.wrongShape(
                        tensor: name, shape: entry.shape, expected: "lengths from 0 that fit a file")
                    throw TraceFault(path: path, problem: problem)
                }
                guard bytes.count == expected else {
                    let problem = TraceFault.Problem.wrongSize(
                        tensor: name, bytes: bytes.count, expected: expected,
                        what: "\(entry.dtype) of shape \(entry.shape)")
                    throw TraceFault(path: path, problem: problem)
                }
            }
            tensors[name] = Tensor(name: name, dtype: entry.dtype, shape: entry.shape, bytes: bytes)
        }
        let ordered = tensors.values.filter { !$0.bytes.isEmpty }
            .sorted { ($0.bytes.lowerBound, $0.name) < ($1.bytes.lowerBound, $1.name) }
        for (first, second) in zip(ordered, ordered.dropFirst()) where second.bytes.lowerBound < first.bytes.upperBound
        {
            throw TraceFault(path: path, problem: .overlap(first.name, second.name))
        }
        return tensors
    }

    /// Bytes of an entry of a type; nil for types that this reader does not know.
    private static func elementSize(_ dtype: String) -> Int? {
        switch dtype {
        case "BOOL", "U8", "I8": 1
        case "U16", "I16", "F16", "BF16": 2
        case "U32", "I32", "F32": 4
        case "U64", "I64", "F64": 8
        default: nil
        }
    }

    private static func byteCount(_ shape: [Int], width: Int) -> Int? {
        var count = width
        for length in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }
}

/// The operating system's reason for a failure, without the path that the sentence has already.
enum FileFault {
    static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let posix = (error.userInfo[NSUnderlyingErrorKey] as? NSError) ?? error
        if posix.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(posix.code))) }
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: return "there is no such file"
        case .fileReadNoPermission: return "permission denied"
        default: return error.localizedDescription
        }
    }
}

import Dashboard
import Foundation

/// A growing `.npy` file of float32 rows (NumPy format 1.0); what is written is readable even if the run ends early.
final class NumpyFile {
    private let handle: FileHandle
    private let path: String
    private let columns: Int
    private var rows = 0
    private var pending: [Float] = []

    /// Rows between writes.
    private static let batch = 256

    /// Replaces what stands at `path`.
    init(path: String, columns: Int) throws {
        guard let handle = OutputFile.open(path) else { throw OutputFailure(path: path) }
        (self.handle, self.path, self.columns) = (handle, path, columns)
        try writing { try handle.write(contentsOf: header) }
    }

    func append(row: [Float]) throws {
        precondition(row.count == columns)
        pending += row
        rows += 1
        if rows % Self.batch == 0 { try flush() }
    }

    func close() throws {
        try flush()
        try writing { try handle.close() }
    }

    private func flush() throws {
        try writing {
            try handle.seekToEnd()
            try handle.write(contentsOf: pending.withUnsafeBytes { Data($0) })
            pending.removeAll(keepingCapacity: true)
            try handle.seek(toOffset: 0)
            try handle.write(contentsOf: header)
        }
    }

    private func writing(_ body: () throws -> Void) throws(OutputFailure) {
        do {
            try body()
        } catch {
            throw OutputFailure(path: path)
        }
    }

    /// 128 bytes whatever the number of rows, so that it can be written again in place.
    private var header: Data {
        let length = 128 - 10
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let padded = text + String(repeating: " ", count: length - 1 - text.utf8.count) + "\n"
        return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length), 0]) + Data(padded.utf8)
    }
}

/// A file that cannot be made or written.
struct OutputFailure: Error, CustomStringConvertible {
    let path: String
    var description: String {
        "\(path) cannot be written; check that its folder exists and is writable, and that the disk is not full"
    }
}

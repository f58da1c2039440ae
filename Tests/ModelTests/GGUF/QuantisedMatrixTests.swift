import Attention
import CKernels
import Foundation
import GGUFSamples
import HalfSpace
import Testing

@testable import Model

/// Products of quantised matrices beside sums in float64, at every level of instructions.
@Suite(.serialized) struct QuantisedMatrixTests {
    private static let types: [GGUFTensorType] = [.q40, .q41, .q80, .q4K, .q6K]

    /// Random blocks whose scales are numbers of a usual size.
    private func tensor(_ type: GGUFTensorType, rows: Int, columns: Int) throws -> GGUFTensor {
        var random = SystemRandomNumberGenerator()
        var data = Data(
            (0..<rows * columns / type.block * type.blockBytes).map { _ in
                UInt8.random(in: 0...255, using: &random)
            })
        for block in 0..<rows * columns / type.block {
            for at in type == .q6K ? [208] : type == .q41 || type == .q4K ? [0, 2] : [0] {
                let place = block * type.blockBytes + at
                data[place] = UInt8.random(in: 0...255, using: &random)
                // From 2^-7 to 2^-5, either sign.
                data[place + 1] =
                    0x20 | UInt8.random(in: 0...7, using: &random) | (Bool.random(using: &random) ? 0x80 : 0)
            }
        }
        var writer = GGUFWriter()
        writer.tensor("w", type: type.rawValue, shape: [rows, columns], data)
        return try GGUFFile(path: try writer.write()).find("w", shape: [rows, columns])
    }

    @Test(arguments: types, [Int32(CK_PORTABLE), Int32(CK_AVX2), Int32(CK_AVXVNNI), Int32(CK_AVX512), Int32(CK_VNNI)])
    func productsAreSums(type: GGUFTensorType, level: Int32) throws {
        try KernelLevel.during(level) { try productsAreSums(type) }
    }

    private func productsAreSums(_ type: GGUFTensorType) throws {
        var random = SystemRandomNumberGenerator()
        for (rows, columns) in [(1, 256), (16, 256), (37, 512), (70, 768)] {
            let tensor = try tensor(type, rows: rows, columns: columns)
            let weights = try tensor.floats()
            let matrix = try QuantisedMatrix(tensor)
            var row = [Float](repeating: 0, count: columns)
            for r in [0, rows - 1] {
                row.withUnsafeMutableBufferPointer { matrix.copyRow(r, into: $0) }
                #expect(row == Array(weights[r * columns..<(r + 1) * columns]))
            }
            let count = 11
            var x = (0..<count * columns).map { _ in Float.random(in: -1...1, using: &random) }
            // A vector of zeros, and one with an entry that outweighs the others.
            for t in 0..<columns { x[t] = 0 }
            x[columns + 3] = 300
            let input = ProductInput(room: count * columns)
            var y = [Float](repeating: .nan, count: count * rows)
            x.withUnsafeMutableBufferPointer { x in
                input.set(x, columns: columns)
                y.withUnsafeMutableBufferPointer {
                    matrix.multiply(input, panels: 0..<(rows + 15) / 16, into: $0)
                }
            }
            for i in 0..<count {
                for r in 0..<rows {
                    var (sum, size) = (0.0, 0.0)
                    for t in 0..<columns {
                        let product = Double(weights[r * columns + t]) * Double(x[i * columns + t])
                        sum += product
                        size += abs(product)
                    }
                    // Half a fine step of the block's largest entry, for every entry.
                    let largest = (0..<columns).map { abs(Double(weights[r * columns + $0])) }.max() ?? 0
                    let most = (0..<columns).map { abs(Double(x[i * columns + $0])) }.max() ?? 0
                    let bound = Double(columns) * largest * most / 127 / 254 / 2 + 1e-5 * size
                    #expect(abs(Double(y[i * rows + r]) - sum) <= bound)
                }
            }
            // One vector alone gives the same bits, and so does a part of the rows.
            var alone = [Float](repeating: .nan, count: rows)
            x.withUnsafeMutableBufferPointer { x in
                input.set(
                    UnsafeMutableBufferPointer(rebasing: x[2 * columns..<3 * columns]), columns: columns)
                alone.withUnsafeMutableBufferPointer { alone in
                    for panel in 0..<(rows + 15) / 16 {
                        matrix.multiply(input, panels: panel..<panel + 1, into: alone)
                    }
                }
            }
            #expect(alone == Array(y[2 * rows..<3 * rows]))
        }
    }

    @Test func theGateIsTheDefinition() {
        var gate = (0..<37).map { Float($0 - 18) * 0.7 }
        let up = (0..<37).map { Float($0 % 5) - 1.5 }
        let expected = zip(gate, up).map { Double($0) / (1 + exp(-Double($0))) * Double($1) }
        ck_gate(&gate, up, gate.count)
        for (ours, theirs) in zip(gate, expected) { #expect(abs(Double(ours) - theirs) < 1e-5) }
    }

    /// Ten thousand rounds of every size: each task once, none twice.
    @Test func teamsDoEveryTaskOnce() {
        for workers in [1, 2, 4] {
            let team = Team(workers: workers)
            let counts = Counts(9)
            for round in 0..<3000 {
                let tasks = round % 10
                team.run(tasks) { counts.add($0) }
                if round % 500 == 0 { usleep(3000) }
            }
            #expect(counts.values == (0..<9).map { task in (0..<3000).count { $0 % 10 > task } })
        }
    }

    private final class Counts: @unchecked Sendable {
        private let lock = NSLock()
        private(set) var values: [Int]
        init(_ count: Int) { values = Array(repeating: 0, count: count) }
        func add(_ i: Int) { lock.withLock { values[i] += 1 } }
    }
}

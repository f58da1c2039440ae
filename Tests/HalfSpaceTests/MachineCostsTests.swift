import Foundation
import TemporaryFiles
import Testing

@testable import HalfSpace

@Suite struct MachineCostsTests {
    @Test func theMachineIsMeasuredWithinASecond() {
        let clock = ContinuousClock()
        var costs = MachineCosts.assumed
        let taken = clock.measure { costs = MachineCosts.measured() }
        #expect(costs.isMeasured && costs.isSound)
        #expect(costs.near.bytes >= costs.far.bytes && costs.near.wait < costs.far.wait)
        #expect(costs.far.beside < costs.far.line, "the rest of a row comes sooner than its first line")
        #expect(costs.far.line < costs.far.wait, "lines asked for together come sooner than one after the other")
        // Other tests run beside it.
        #expect(taken < .seconds(8), "\(taken)")
    }

    @Test func aPhaseTakesItsReadsOrItsArithmetic() {
        var costs = MachineCosts.assumed
        costs.far = .init(bytes: 100, line: 2, beside: 1, wait: 10)
        costs.products = 50
        let reads = StepWork.Phase("a", bytes: 1000, lines: 5, products: 100)
        #expect(costs.microseconds(of: reads, from: costs.far) == 20)
        let rows = StepWork.Phase("rows", lines: 8, places: 3)
        #expect(costs.microseconds(of: rows, from: costs.far) == 11, "lines beside another are cheaper")
        let computes = StepWork.Phase("b", bytes: 100, products: 1000)
        #expect(costs.microseconds(of: computes, from: costs.far) == 20)
        #expect(costs.microseconds(of: StepWork(waits: 3, [reads, computes]), .cold) == 70)
    }

    @Test func aWarmStepReadsNearWhatFitsThere() {
        var costs = MachineCosts.assumed
        costs.nearBytes = 1000
        let small = StepWork(waits: 0, [.init("a", bytes: 1000)])
        let large = StepWork(waits: 0, [.init("a", bytes: 1001)])
        #expect(costs.microseconds(of: small, .warm) < costs.microseconds(of: small, .cold))
        #expect(costs.microseconds(of: large, .warm) == costs.microseconds(of: large, .cold))
    }

    // MARK: The file

    private let key = MachineCostsFile.Key(processor: "test", level: "none", isOptimised: true, version: 1)
    private var measured: MachineCosts {
        var costs = MachineCosts.assumed
        costs.isMeasured = true
        return costs
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = temporaryFile("costs")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func whatIsKeptIsReadAgain() throws {
        try withFolder { folder in
            let file = MachineCostsFile(path: folder.path + "/deep/er/costs.json", key: key)
            #expect(file.load() == nil)
            file.save(measured)
            #expect(file.load() == measured)
            // Assumed costs are not kept: the next start may be able to measure.
            file.save(.assumed)
            #expect(file.load() == measured)
        }
    }

    @Test func anotherMachineLevelOrVersionMeasuresAnew() throws {
        try withFolder { folder in
            let path = folder.path + "/costs.json"
            MachineCostsFile(path: path, key: key).save(measured)
            let changes: [WritableKeyPath<MachineCostsFile.Key, String>] = [\.processor, \.level]
            for change in changes {
                var other = key
                other[keyPath: change] += "!"
                #expect(MachineCostsFile(path: path, key: other).load() == nil)
            }
            var other = key
            other.version += 1
            #expect(MachineCostsFile(path: path, key: other).load() == nil)
            other = key
            other.isOptimised = false
            #expect(MachineCostsFile(path: path, key: other).load() == nil)
        }
    }

    @Test func aFileOfNonsenseIsAsNone() throws {
        try withFolder { folder in
            let path = folder.path + "/costs.json"
            let file = MachineCostsFile(path: path, key: key)
            file.save(measured)
            let good = try String(contentsOfFile: path, encoding: .utf8)
            let bad = [
                "", "{", "null", "[]", String(good.dropLast(9)), String(repeating: "[", count: 60_000),
                String(repeating: " ", count: 1 << 17) + good,
                good.replacingOccurrences(of: "20000", with: "-1"),
                good.replacingOccurrences(of: "20000", with: "1e999"),
                good.replacingOccurrences(of: "20000", with: "1e300"),
                good.replacingOccurrences(of: "20000", with: "\"x\""),
                good.replacingOccurrences(of: "20000", with: "0"),
            ]
            for text in bad where text != good {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                #expect(file.load() == nil, "\(text.prefix(60))")
            }
            #expect(good.contains("20000"))
            try FileManager.default.removeItem(atPath: path)
            #expect(mkfifo(path, 0o600) == 0)
            #expect(file.load() == nil)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            #expect(file.load() == nil)
            file.save(measured)
            #expect(file.load() == nil)
        }
    }

    @Test func aFolderThatCannotBeWrittenIsNoError() {
        for environment in [[:], ["HOME": ""], ["XDG_CACHE_HOME": "relative"], ["XDG_CACHE_HOME": "/proc/none"]] {
            let file = MachineCostsFile(environment: environment)
            file.save(measured)
            #expect(file.load() == nil)
        }
        #expect(MachineCostsFile(environment: [:]).path == nil)
        let path = MachineCostsFile(environment: ["HOME": "/home/x"]).path
        #expect(path?.hasPrefix("/home/x/.cache/halfspace/costs-") == true)
        let xdg = MachineCostsFile(environment: ["HOME": "/home/x", "XDG_CACHE_HOME": "/c"]).path
        #expect(xdg?.hasPrefix("/c/halfspace/") == true)
    }
}

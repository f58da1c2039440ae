import Assets
import Evaluation
import Foundation
import Measurement
import Screen
import Simulation

/// What the machine can.
enum MachineCheckup {
    static func findings() -> [Finding] { [processor(), load(), memory(), files(), build()] }

    static func processor() -> Finding {
        let cores = Machine.cores
        let name = Machine.kernels
        let text = "kernels \(name), \(cores) core\(cores == 1 ? "" : "s")"
        if Machine.isPortable {
            return Finding(
                topic: "processor", text: text, verdict: .remark,
                advice: "portable kernels are slow: use a machine with AVX2, or unset HALFSPACE_SIMD")
        }
        if cores < 2 {
            return Finding(
                topic: "processor", text: text, verdict: .remark,
                advice: "engine and screen share one core: times will vary")
        }
        return Finding(topic: "processor", text: text)
    }

    static func load(_ waiting: Double? = MachinePressure.waiting) -> Finding {
        guard let waiting else { return Finding(topic: "load", text: "the system does not say how busy it is") }
        let text = "threads waited for a processor \(Format.percent(waiting)) of the last ten seconds"
        guard waiting >= MachinePressure.limit else { return Finding(topic: "load", text: text) }
        return Finding(
            topic: "load", text: text, verdict: .remark,
            advice: "the machine is busy: close other programs before a talk, or every time will be theirs as well")
    }

    static func memory() -> Finding {
        let free = MachineMemory.available
        let text = "\(Format.bytes(free)) available"
        // The default run takes some tens of MiB; a long context at d = 64 about a gigabyte.
        if free < 1 << 28 {
            return Finding(
                topic: "memory", text: text, verdict: .remark, advice: "close other programs, or use a smaller --n")
        }
        return Finding(topic: "memory", text: text)
    }

    static func files() -> Finding {
        if let problem = Assets.problem { return Finding(topic: "files", text: problem, verdict: .remark) }
        return Finding(topic: "files", text: "themes and demos in \(Assets.root.path)")
    }

    static func build() -> Finding {
        #if DEBUG
            Finding(
                topic: "build", text: "debug", verdict: .remark,
                advice: "use `swift run -c release halfspace`: a debug build is many times slower")
        #else
            Finding(topic: "build", text: "release")
        #endif
    }
}

/// Two seconds of the default run: half-space reporting against dense attention, step by step.
enum RaceCheckup {
    static let seconds = 2.0

    static func finding() -> Finding {
        do {
            return report(try measure())
        } catch {
            return Finding(topic: "race", text: Message.sentence(of: error), verdict: .bad)
        }
    }

    struct Result {
        var n = 0
        var d = 0
        var sparse: [Double] = []
        var dense: [Double] = []
        var wrong = 0
    }

    static func measure() throws -> Result {
        let settings = Settings()
        let stream = try HeadlessStream(settings: settings) { _, _ in }
        var result = Result()
        result.d = Settings.defaultDimension
        let watch = Stopwatch()
        repeat {
            let record = try stream.next().record
            result.n = record.n
            result.wrong += (record.missed ?? 0) + (record.extra ?? 0)
            guard let naive = record.naiveSeconds else { continue }
            result.sparse.append(record.hsrSeconds)
            result.dense.append(naive)
        } while watch.seconds < seconds
        return result
    }

    static func report(_ result: Result) -> Finding {
        guard result.wrong == 0 else {
            return Finding(
                topic: "race", text: "\(result.wrong) keys missed or reported in error", verdict: .bad,
                advice: "this is a defect; `halfspace verify` shows where")
        }
        let (sparse, dense) = (Samples(result.sparse).median, Samples(result.dense).median)
        guard sparse > 0, dense > 0 else {
            return Finding(topic: "race", text: "no step was measured", verdict: .bad)
        }
        let ratio = dense / sparse
        let text =
            "HSR \(Format.duration(microseconds: sparse * 1e6)), naive \(Format.duration(microseconds: dense * 1e6)): "
            + "\(Format.fixed(ratio, 1)) times (n \(Format.grouped(result.n)), d \(result.d), "
            + "median of \(Format.grouped(result.sparse.count)) steps, exact)"
        return ratio > 1
            ? Finding(topic: "race", text: text)
            : Finding(
                topic: "race", text: text, verdict: .remark, advice: "close other programs; a larger --n wins by more")
    }
}

import Assets
import Attention
import Foundation
import TemporaryFiles
import Testing
import Workload

@testable import Simulation

/// A live session written as a trace: another run of it gives the same counts, to the last bit.
@Suite struct SessionRecorderTests {
    private let folder = temporaryFile("record")

    /// What a run counts, step by step.
    private func counts(_ settings: Settings, steps: Int) throws -> [[UInt64]] {
        let stream = try HeadlessStream(settings: settings) { _, _ in }
        return try (0..<steps).map { _ in
            let record = try stream.next().record
            return [
                record.threshold.bitPattern, UInt64(record.n), UInt64(record.reported),
                UInt64(record.work.candidates), UInt64(record.missed ?? 9_999), UInt64(record.extra ?? 9_999),
            ]
        }
    }

    private func record(_ settings: Settings, step: Int, firstSequence: Int = .max) -> SessionRecorder.Outcome? {
        var snapshot = Snapshot()
        (snapshot.settings, snapshot.phase, snapshot.step) = (settings, .running, step)
        snapshot.firstSequence = firstSequence
        let recorder = SessionRecorder()
        recorder.record(snapshot, to: folder.appendingPathComponent("session.safetensors"))
        let end = Date().addingTimeInterval(120)
        while recorder.isBusy, Date() < end { Thread.sleep(forTimeInterval: 0.01) }
        return recorder.take()
    }

    @Test(arguments: [WorkloadKind.massive, .gaussian, .trace]) func theReplayCountsTheSame(kind: WorkloadKind) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = Settings()
        settings.workload = kind
        (settings.n, settings.d) = kind == .trace ? (500, nil) : (300, 6)
        settings.tracePath = Assets.traces.appendingPathComponent("smollm2-holmes-4096.safetensors").path
        settings.head = kind == .trace ? 2 : nil
        settings.activation = .softmax
        settings.threshold = ThresholdSettings(rule: .count)
        guard case .written(let file, 20) = record(settings, step: 20) else {
            Issue.record("nothing was written")
            return
        }
        var replay = Settings()
        replay.workload = .trace
        replay.tracePath = file.path
        (replay.activation, replay.threshold) = (settings.activation, settings.threshold)
        #expect(try counts(replay, steps: 20) == counts(settings, steps: 20))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["session.safetensors"])
        // The name is taken now, and what has it stays.
        let before = try Data(contentsOf: file)
        guard case .refused = record(settings, step: 3) else {
            Issue.record("the file was written over")
            return
        }
        #expect(try Data(contentsOf: file) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["session.safetensors"])
    }

    @Test func whatCannotBeRecordedIsSaid() {
        var settings = Settings()
        settings.n = 64
        #expect(record(settings, step: 0) == .refused("no trace is saved before the first step"))
        (settings.n, settings.d) = (1 << 24, 64)
        guard case .refused(let sentence) = record(settings, step: 5) else {
            Issue.record("it was written")
            return
        }
        #expect(sentence.contains("--trace-out"))
        settings.workload = .model
        #expect(record(settings, step: 5) == nil, "a language model's text is no trace")
    }
}

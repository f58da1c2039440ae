import Foundation
import TemporaryFiles
import Testing

@testable import Assets

/// Where the program's own files are found, wherever it runs.
@Suite final class ShareFolderTests {
    private let root = temporaryFile("share")

    deinit { try? FileManager.default.removeItem(at: root) }

    private func make(_ path: String) throws -> URL {
        let folder = root.appendingPathComponent(path, isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("Themes"), withIntermediateDirectories: true)
        return folder
    }

    private func search(
        _ environment: [String: String] = [:], program: String = "bin/halfspace", package: String = "nowhere",
        unpack: ([String: String]) -> URL? = { _ in nil }
    ) -> ShareFolder {
        ShareFolder(
            environment: environment, program: root.appendingPathComponent(program),
            package: root.appendingPathComponent(package), unpack: unpack)
    }

    @Test func theOrder() throws {
        let package = try make("package")
        #expect(search(package: "package").folder?.path == package.path)
        let share = try make("share/halfspace")
        #expect(search(package: "package").folder?.path == share.path)
        let beside = try make("bin")
        #expect(search(package: "package").folder?.path == beside.path)
        let named = try make("named")
        #expect(search(["HALFSPACE_SHARE": named.path], package: "package").folder?.path == named.path)
        #expect(search(["HALFSPACE_SHARE": ""]).folder?.path == beside.path)
    }

    @Test func whatIsMissingIsASentence() throws {
        let wrong = search(["HALFSPACE_SHARE": "/nowhere"])
        #expect(wrong.folder == nil && wrong.problem?.contains("HALFSPACE_SHARE names /nowhere") == true)
        let nothing = search()
        #expect(nothing.folder == nil && nothing.problem?.contains("HALFSPACE_SHARE") == true)
    }

    @Test func theProgramCarriesEveryThemeDemoTextAndModelAndATrace() throws {
        let files = Dictionary(uniqueKeysWithValues: EmbeddedFiles.all.map { ($0.path, Data(buffer: $0.bytes)) })
        var wanted = ["minilm-layer1", "smollm2-holmes-4096"].flatMap {
            ["Demos/traces/\($0).safetensors", "Demos/traces/\($0).words.txt"]
        }
        for folder in ["Themes", "Demos"] {
            let names = try FileManager.default.contentsOfDirectory(
                atPath: Assets.root.appendingPathComponent(folder).path)
            wanted += names.filter { $0.hasSuffix(".toml") }.map { "\(folder)/\($0)" }
        }
        for (folder, ending) in [("Demos/models", ".safetensors"), ("Demos/models", ".txt"), ("Demos/texts", ".txt")] {
            let names = try FileManager.default.contentsOfDirectory(
                atPath: Assets.root.appendingPathComponent(folder).path)
            wanted += names.filter { $0.hasSuffix(ending) }.map { "\(folder)/\($0)" }
        }
        #expect(files.keys.sorted() == wanted.sorted())
        for path in wanted { #expect(try Data(contentsOf: Assets.root.appendingPathComponent(path)) == files[path]) }
    }

    @Test func itUnpacksOnceAndRepairsWhatIsBroken() throws {
        let environment = ["XDG_CACHE_HOME": root.path]
        let folder = try #require(EmbeddedFiles.unpack(environment))
        #expect(folder.path.hasPrefix(root.path + "/halfspace/share-"))
        let trace = folder.appendingPathComponent("Demos/traces/minilm-layer1.safetensors")
        #expect(try Data(contentsOf: trace) == Data(contentsOf: Assets.trace))
        func stamp() throws -> Date? {
            try FileManager.default.attributesOfItem(atPath: trace.path)[.modificationDate] as? Date
        }
        let before = try stamp()
        #expect(EmbeddedFiles.unpack(environment)?.path == folder.path)
        #expect(try stamp() == before)
        try Data("short".utf8).write(to: trace)
        #expect(EmbeddedFiles.unpack(environment)?.path == folder.path)
        #expect(try Data(contentsOf: trace) == Data(contentsOf: Assets.trace))
        let left = try FileManager.default.contentsOfDirectory(atPath: root.path + "/halfspace")
        #expect(left == [folder.lastPathComponent])
    }

    @Test func whereNoCacheCanBeWrittenAFolderForTheRunStandsIn() throws {
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let folder = try #require(
            EmbeddedFiles.unpack(["XDG_CACHE_HOME": "/proc/none", "HOME": "/proc", "TMPDIR": root.path]))
        #expect(folder.path.hasPrefix(root.path + "/halfspace-"))
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent("Themes/dark.toml").path))
    }
}

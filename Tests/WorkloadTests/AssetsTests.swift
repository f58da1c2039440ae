import Foundation
import TemporaryFiles
import Testing

@testable import Assets

@Suite struct AssetsTests {
    /// A configuration folder of its own.
    final class Home {
        let url = temporaryFile("configuration")
        var environment: [String: String] { ["XDG_CONFIG_HOME": url.path, "HOME": "/nowhere"] }

        deinit { try? FileManager.default.removeItem(at: url) }

        @discardableResult
        func write(_ path: String) throws -> URL {
            let file = url.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("x".utf8).write(to: file)
            return file
        }
    }

    @Test func theBundledTraceIsFoundFromAnywhere() throws {
        let home = Home()
        #expect(FileManager.default.fileExists(atPath: Assets.trace.path))
        #expect(Assets.trace.path.hasPrefix("/"))
        for name in ["minilm-layer1", "minilm-layer1.safetensors"] {
            #expect(try Assets.find(.trace, name, environment: home.environment).path == Assets.trace.path)
        }
        #expect(
            Assets.list(.trace, environment: home.environment).map(\.name)
                == ["minilm-layer1", "smollm2-holmes-4096"])
    }

    @Test func theUsersOwnStandsBeforeThePackages() throws {
        let home = Home()
        let file = try home.write("halfspace/traces/minilm-layer1.safetensors")
        try home.write("halfspace/traces/b.safetensors")
        try home.write("halfspace/traces/.hidden.safetensors")
        try home.write("halfspace/traces/notes.txt")
        #expect(try Assets.find(.trace, "minilm-layer1", environment: home.environment).path == file.path)
        let list = Assets.list(.trace, environment: home.environment)
        #expect(list.map(\.name) == ["b", "minilm-layer1", "smollm2-holmes-4096"])
        #expect(list[1].file.path == file.path)
    }

    @Test func aPathIsTakenAsGiven() throws {
        let home = Home()
        let file = try home.write("some where/own.toml")
        #expect(try Assets.find(.theme, file.path, environment: home.environment).path == file.path)
        let inHome = ["HOME": home.url.path]
        #expect(try Assets.find(.theme, "~/some where/own.toml", environment: inHome).path == file.path)
        // Without the ending too, if it has a slash; a folder is no file.
        let bare = try home.write("some where/own")
        #expect(try Assets.find(.theme, bare.path, environment: home.environment).path == bare.path)
        #expect(throws: AssetNotFound.self) {
            try Assets.find(.theme, home.url.path, environment: home.environment)
        }
    }

    @Test func theFolderFollowsTheEnvironment() {
        let fallback = "/home/x/.config/halfspace/demos"
        #expect(Assets.userFolder(.demo, environment: ["HOME": "/home/x"]).path == fallback)
        #expect(Assets.userFolder(.demo, environment: ["HOME": "/home/x", "XDG_CONFIG_HOME": ""]).path == fallback)
        #expect(Assets.userFolder(.demo, environment: ["HOME": "/home/x", "XDG_CONFIG_HOME": "rel"]).path == fallback)
        #expect(
            Assets.userFolder(.demo, environment: ["HOME": "/home/x", "XDG_CONFIG_HOME": "/c"]).path
                == "/c/halfspace/demos")
    }

    @Test func whatIsNotFoundIsSaidWithWhatThereIs() throws {
        let home = Home()
        try home.write("halfspace/traces/a.safetensors")
        let error = #expect(throws: AssetNotFound.self) {
            try Assets.find(.trace, "nothing", environment: home.environment)
        }
        #expect(
            error?.description
                == "no trace “nothing” is found; give a path, or one by name: there are a, minilm-layer1, smollm2-holmes-4096"
        )
        for name in ["", "../traces/a", "/"] {
            #expect(throws: AssetNotFound.self) { try Assets.find(.trace, name, environment: home.environment) }
        }
    }
}

import Assets
import Foundation

/// Where demos are found: a path as given, the person's own folder, the package's.
public struct DemoLibrary: Sendable {
    /// The themes that a demo may name.
    public var themes: [String]

    public init(themes: [String]) { self.themes = themes }

    public static var standard: DemoLibrary {
        DemoLibrary(themes: ThemeLibrary.standard.files.map(\.name).sorted())
    }

    /// Every demo that a name finds, in order of name.
    public var files: [Asset] { Assets.list(.demo) }

    /// The file of a demo, by name or path.
    /// - Throws: `AssetNotFound`.
    public func file(_ nameOrPath: String) throws -> URL { try Assets.find(.demo, nameOrPath) }

    /// Reads a demo and those that it includes.
    /// - Parameters:
    ///   - file: The demo that includes the others.
    ///   - path: What errors call the file; its path where there is none.
    /// - Throws: ``DemoError``.
    public func load(_ file: URL, path: String? = nil) throws(DemoError) -> Demo {
        try load(file, path: path, within: [])
    }

    private func load(_ file: URL, path: String?, within chain: [String]) throws(DemoError) -> Demo {
        let path = path ?? file.path
        let text: String
        do {
            text = try TextFile.text(of: file)
        } catch {
            throw DemoError(path: path, line: nil, sentence: error.sentence, isMissing: error == .cannotBeRead)
        }
        var demo = try read(text, path: path, within: chain + [file.standardizedFileURL.path])
        demo.sources.insert(file, at: 0)
        return demo
    }

    /// Demos within demos, and chapters of all: what is more is a mistake, and would be read for ever.
    private static let (deepest, longest) = (8, 1000)

    /// Reads a demo from its text.
    /// - Throws: ``DemoError``.
    public func read(_ text: String, path: String) throws(DemoError) -> Demo { try read(text, path: path, within: []) }

    private func read(_ text: String, path: String, within chain: [String]) throws(DemoError) -> Demo {
        let file = try DemoFile(text: text, path: path, themes: themes)
        var included: [Demo] = []
        for name in try file.includes() {
            let url: URL
            do {
                url = try Assets.find(.demo, name)
            } catch {
                throw file.error("include", "\(error).")
            }
            guard chain.count < Self.deepest else {
                throw file.error("include", "demos include each other more than \(Self.deepest) deep.")
            }
            guard !chain.contains(url.standardizedFileURL.path) else {
                throw file.error("include", "\"\(name)\" includes this demo again.")
            }
            included.append(try load(url, path: nil, within: chain))
            guard included.reduce(0, { $0 + $1.chapters.count }) <= Self.longest else {
                throw file.error("include", "the demo would have more than \(Self.longest) chapters.")
            }
        }
        var demo = try file.resolved(including: included)
        demo.sources = included.flatMap(\.sources)
        return demo
    }
}

import Foundation

/// The search for the folder with `Themes` and `Demos`: as `HALFSPACE_SHARE` says, beside the program, in
/// `../share/halfspace` of it, in the package that it was built from, and last in a folder that the program fills with
/// what it carries in itself.
struct ShareFolder {
    private(set) var folder: URL?
    private(set) var problem: String?

    static let variable = "HALFSPACE_SHARE"

    /// - Parameters:
    ///   - program: The program's file, links resolved.
    ///   - package: The folder of the package's sources; it may be on another machine.
    init(
        environment: [String: String], program: URL? = Self.program, package: URL = Self.package,
        unpack: ([String: String]) -> URL? = EmbeddedFiles.unpack
    ) {
        if let named = environment[Self.variable], !named.isEmpty {
            let url = URL(fileURLWithPath: named, isDirectory: true)
            guard Self.holdsAssets(url) else {
                problem = "\(Self.variable) names \(named), which has no folder Themes; name one with Themes and Demos"
                return
            }
            folder = url
            return
        }
        let beside = program?.deletingLastPathComponent()
        let places = [beside, beside?.deletingLastPathComponent().appendingPathComponent("share/halfspace"), package]
        folder = places.compactMap { $0 }.first(where: Self.holdsAssets) ?? unpack(environment)
        guard folder == nil else { return }
        problem =
            "the themes and demos are neither beside the program nor in ../share/halfspace of it, and no folder can be "
            + "written to unpack them into; set \(Self.variable) to a folder with Themes and Demos"
    }

    private static func holdsAssets(_ folder: URL) -> Bool {
        var isFolder: ObjCBool = false
        let path = folder.appendingPathComponent("Themes").path
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    private static var program: URL? {
        #if os(Linux)
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).map {
                URL(fileURLWithPath: $0)
            }
        #else
            return Bundle.main.executableURL?.resolvingSymlinksInPath()
        #endif
    }

    private static var package: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }
}

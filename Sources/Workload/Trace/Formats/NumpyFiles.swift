/// Tensors as `.npy` files, named for what they hold: a folder of them, one of a folder's, or files with commas between.
enum NumpyFiles: TensorFormat {
    static func recognises(_ path: TracePath) -> Bool {
        if let entries = path.entries { return entries.contains(where: isArray) }
        return path.head.starts(with: NumpyArray.magic) || isArray(path.text)
    }

    private static func isArray(_ name: String) -> Bool { name.hasSuffix(".npy") && !name.hasPrefix(".") }

    static func open(_ path: TracePath) throws(TraceFault) -> TensorCollection {
        var collection = TensorCollection(path: path.text, format: "npy")
        for file in try files(path) {
            let bytes = try FileBytes(path: file)
            let name = stem(file)
            let array = try NumpyArray(
                name: name, bytes: bytes, head: try bytes.bytes(0..<min(bytes.count, NumpyArray.longestHeader)))
            guard collection.tensors.updateValue(array.tensor, forKey: name) == nil else {
                throw TraceFault(path: file, problem: .duplicateTensor(name, name))
            }
        }
        return collection
    }

    private static func files(_ path: TracePath) throws(TraceFault) -> [String] {
        if let entries = path.entries { return entries.filter(isArray).map(path.file) }
        let listed = path.text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if listed.count > 1, listed.allSatisfy(isArray) { return listed }
        _ = try FileBytes(path: path.text)
        let folder = path.text.lastIndex(of: "/").map { String(path.text[...$0]) } ?? "./"
        let siblings = TracePath(folder)
        return (siblings.entries ?? []).filter(isArray).map { folder == "./" ? $0 : siblings.file($0) }
    }

    /// "layers.3.q" of "here/layers.3.q.npy".
    private static func stem(_ path: String) -> String {
        let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
        return String(name.hasSuffix(".npy") ? name.dropLast(4) : name)
    }
}

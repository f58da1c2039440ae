/// PyTorch's own files: pickles, which run code when they are read. They are refused, with the lines that convert them.
enum PickledTensors: TensorFormat {
    static func recognises(_ path: TracePath) -> Bool {
        guard path.entries == nil else { return false }
        let isPickle = path.head.count >= 2 && path.head[0] == 0x80 && (2...5).contains(path.head[1])
        let isZip = path.head.starts(with: ZipArchive.magic)
        return isPickle || isZip || [".pt", ".pth", ".ckpt", ".pkl"].contains(where: path.hasSuffix)
    }

    static func open(_ path: TracePath) throws(TraceFault) -> TensorCollection {
        // A file that is not there, or may not be read, is that first of all.
        _ = try FileBytes(path: path.text)
        throw TraceFault(path: path.text, problem: .pickled)
    }
}

/// NumPy's `.npz`: a zip archive of `.npy` members, stored (`numpy.savez`) or deflated (`numpy.savez_compressed`).
enum NumpyArchive: TensorFormat {
    static func recognises(_ path: TracePath) -> Bool {
        guard path.entries == nil else { return false }
        if path.hasSuffix(".npz") { return true }
        guard path.head.starts(with: ZipArchive.magic), let file = try? FileBytes(path: path.text),
            let archive = try? ZipArchive(file: file)
        else { return false }
        return archive.members.contains { $0.name.hasSuffix(".npy") }
    }

    static func open(_ path: TracePath) throws(TraceFault) -> TensorCollection {
        let archive = try ZipArchive(file: try FileBytes(path: path.text))
        var collection = TensorCollection(path: path.text, format: "npz")
        for member in archive.members where member.name.hasSuffix(".npy") {
            let name = String(member.name.dropLast(4))
            guard collection.tensors.updateValue(try tensor(name, member, of: archive), forKey: name) == nil else {
                throw TraceFault(path: path.text, problem: .duplicateTensor(name, name))
            }
        }
        return collection
    }

    private static func tensor(
        _ name: String, _ member: ZipArchive.Member, of archive: ZipArchive
    ) throws(TraceFault) -> StoredTensor {
        switch member.method {
        case 0:
            let place = try archive.place(of: member)
            guard place.count == member.size else {
                let reason = "\(member.name) is stored in \(place.count) bytes, and said to be of \(member.size)"
                throw TraceFault(path: archive.file.path, problem: .malformedArchive(reason))
            }
            let bytes = ByteSlice(whole: archive.file, range: place)
            let head = try bytes.bytes(0..<min(bytes.count, NumpyArray.longestHeader))
            return try NumpyArray(name: name, bytes: bytes, head: head).tensor
        case 8:
            let bytes = try InflatedMember(member, of: archive)
            return try NumpyArray(name: name, bytes: bytes, head: try bytes.head(NumpyArray.longestHeader)).tensor
        default:
            let reason = "\(member.name) is compressed by method \(member.method); only deflate is read"
            throw TraceFault(path: archive.file.path, problem: .malformedArchive(reason))
        }
    }
}

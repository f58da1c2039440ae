/// A model in several safetensors files, listed by an index: `model.safetensors.index.json`, or the folder that holds it.
enum SafetensorsShards: TensorFormat {
    static func recognises(_ path: TracePath) -> Bool { indexFile(path) != nil }

    private static func indexFile(_ path: TracePath) -> String? {
        guard let entries = path.entries else { return path.hasSuffix(".index.json") ? path.text : nil }
        return entries.first { $0.hasSuffix(".safetensors.index.json") && !$0.hasPrefix(".") }.map(path.file)
    }

    static func open(_ path: TracePath) throws(TraceFault) -> TensorCollection {
        let index = indexFile(path) ?? path.text
        let map = try weightMap(index)
        let folder = index.lastIndex(of: "/").map { index[...$0] } ?? ""
        var collection = TensorCollection(path: path.text, format: "safetensors, \(Set(map.values).count) shards")
        for shard in Set(map.values).sorted() {
            // A shard stands beside its index: a path that leads elsewhere is not followed.
            guard !shard.isEmpty, !shard.contains("/"), !shard.contains("\0"), shard != "..", shard != "." else {
                throw TraceFault(path: index, problem: .malformedIndex("the file “\(shard)” does not stand beside it"))
            }
            let opened = try SafetensorsFile.open(folder + shard)
            for name in map.filter({ $0.value == shard }).keys.sorted() {
                guard let tensor = opened.tensors[name] else {
                    throw TraceFault(
                        path: index, problem: .malformedIndex("it looks for “\(name)” in \(shard), which has it not"))
                }
                collection.tensors[name] = tensor
            }
            collection.metadata.merge(opened.metadata) { first, _ in first }
        }
        return collection
    }

    /// The longest index that is read.
    private static let longestIndex = 100_000_000

    private static func weightMap(_ path: String) throws(TraceFault) -> [String: String] {
        let file = try FileBytes(path: path)
        guard file.count <= longestIndex else {
            throw TraceFault(
                path: path, problem: .malformedIndex("it is of \(file.count) bytes, too long for an index"))
        }
        let document: StrictJSON
        do {
            document = try StrictJSON(try file.bytes(0..<file.count))
        } catch let fault as StrictJSON.Fault {
            let reason = "it is not valid JSON: \(fault.reason), at byte \(fault.offset)"
            throw TraceFault(path: path, problem: .malformedIndex(reason))
        } catch let fault as TraceFault {
            throw fault
        } catch {
            throw TraceFault(path: path, problem: .malformedIndex("\(error)"))
        }
        guard case .object(let members) = document, case .object(let map) = members["weight_map"] else {
            throw TraceFault(path: path, problem: .malformedIndex("it has no weight_map"))
        }
        var files: [String: String] = [:]
        for (name, value) in map {
            guard case .string(let file) = value else {
                throw TraceFault(path: path, problem: .malformedIndex("weight_map › \(name) is not a file's name"))
            }
            files[name] = file
        }
        return files
    }
}
